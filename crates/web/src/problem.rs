//! What went wrong before anybody knows whose portal is asked for, as a page that names nobody.

use app::error::AppError;
use axum::{
    http::StatusCode,
    response::{IntoResponse, Response},
};
use maud::html;

use crate::pages::layout;

/// An error as a page.
pub(crate) struct Problem(AppError);

impl From<AppError> for Problem {
    fn from(error: AppError) -> Self {
        Self(error)
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        match &self.0 {
            AppError::NotFound { .. } => not_found(),
            error => {
                tracing::error!(%error, "page failed");
                page(
                    StatusCode::INTERNAL_SERVER_ERROR,
                    "Something went wrong",
                    "The page could not be made. Please try again in a moment.",
                )
            }
        }
    }
}

/// For addresses that lead nowhere.
pub(crate) fn not_found() -> Response {
    page(
        StatusCode::NOT_FOUND,
        "Page not found",
        "Nothing is here. The link may be old, or it is somebody else's.",
    )
}

/// A page that says what is wrong and how to go on.
pub(crate) fn page(status: StatusCode, title: &str, text: &str) -> Response {
    let body = html! {
        section.empty {
            p.code { (status.as_u16()) }
            h1 { (title) }
            p { (text) }
        }
    };
    (status, layout::page(title, &body)).into_response()
}
