//! The page of an invoice for whoever has its link: seen, downloaded and paid without signing in
//! (BEY-11).
//!
//! Decided here: addresses, how often they may be asked for, and what a form is answered with.
//! Whoever has the link may do all that the page offers and nothing else; a link that opens nothing
//! is a page that was not found, whatever the reason. A form is answered with a redirect, so that
//! reloading sends nothing again. The page works without scripts.

mod page;

use std::{collections::BTreeMap, net::SocketAddr};

use app::{
    App,
    collect::Authenticated,
    documents::PdfFile,
    error::AppError,
    hosted::{HostedPay, Opened},
    keys::Allowance,
};
use axum::{
    Router,
    extract::{ConnectInfo, FromRef, Path, Query, Request, State},
    http::{HeaderValue, StatusCode, header},
    middleware::{self, Next},
    response::{IntoResponse, Redirect, Response},
    routing::{get, post},
};
use domain::ids::{CheckoutId, PaymentId};
use serde::Deserialize;
use tokio_util::task::LocalPoolHandle;

use self::page::Notice;
use crate::problem::{self, Problem, not_found};

/// Requests a minute of one address: a person reads; a program that tries tokens gets nowhere.
const LOOKS_A_MINUTE: u32 = 120;
/// Forms a minute of one address.
const FORMS_A_MINUTE: u32 = 20;

/// Threads that do what forms ask for: such work stays on the thread it began on.
const WRITERS: usize = 1;

/// What the pages share.
#[derive(Clone)]
struct Hosted {
    app: App,
    writers: LocalPoolHandle,
}

impl FromRef<Hosted> for App {
    fn from_ref(hosted: &Hosted) -> Self {
        hosted.app.clone()
    }
}

impl Hosted {
    /// Does `work` to its end, whether whoever asked waits or not.
    async fn aside<F>(&self, work: F) -> Result<Response, Problem>
    where
        F: AsyncFn(&App) -> Result<Response, Problem> + Send + 'static,
    {
        let app = self.app.clone();
        let done = self.writers.spawn_pinned(move || async move { work(&app).await }).await;
        done.unwrap_or_else(
            |error| Err(AppError::Broken(format!("a worker ended: {error}")).into()),
        )
    }
}

/// The routes, for any name: links are opened by customers.
pub(crate) fn routes(app: App) -> Router {
    let hosted = Hosted { app: app.clone(), writers: LocalPoolHandle::new(WRITERS) };
    Router::new()
        .route("/i/{token}", get(show))
        .route("/i/{token}/pdf", get(pdf))
        .route("/i/{token}/pay", post(pay))
        .route("/i/{token}/confirm", post(confirm))
        .layer(middleware::from_fn_with_state(app, seldom))
        .with_state(hosted)
}

/// Refuses whoever asks too often.
async fn seldom(State(app): State<App>, request: Request, next: Next) -> Response {
    let address = request.extensions().get::<ConnectInfo<SocketAddr>>();
    let address = address.map_or(String::new(), |ConnectInfo(at)| at.ip().to_string());
    let (name, limit) = match request.method().is_safe() {
        true => (format!("hosted {address}"), LOOKS_A_MINUTE),
        false => (format!("hosted form {address}"), FORMS_A_MINUTE),
    };
    if let Allowance::Refused { retry_after } = app.limits.take(&name, limit) {
        let title = "Too many requests";
        let text = "Please wait a moment and try again.";
        let mut response = problem::page(StatusCode::TOO_MANY_REQUESTS, title, text);
        response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(retry_after));
        return response;
    }
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    let robots = HeaderValue::from_static("noindex, nofollow");
    headers.insert("x-robots-tag", robots);
    response
}

/// What may stand behind the question mark.
#[derive(Debug, Default, Deserialize)]
struct Parameters {
    session: Option<String>,
    notice: Option<String>,
}

impl Parameters {
    /// `None` where something is no id.
    fn session(&self) -> Option<Option<CheckoutId>> {
        self.session.as_deref().map_or(Some(None), |text| text.parse().ok().map(Some))
    }
}

async fn opened(app: &App, token: &str, asked: &Parameters) -> Result<Opened, Problem> {
    let unknown = || AppError::not_found("checkout session", "this address");
    let session = asked.session().ok_or_else(unknown)?;
    Ok(app.open_link(token, session).await?)
}

async fn show(
    State(app): State<App>,
    Path(token): Path<String>,
    Query(asked): Query<Parameters>,
) -> Result<Response, Problem> {
    let opened = opened(&app, &token, &asked).await?;
    let invoice = app.hosted_invoice(opened).await?;
    let notice = asked.notice.as_deref().and_then(Notice::parse);
    Ok(page::render(&token, (&invoice, opened.session), notice.as_ref()).into_response())
}

async fn pdf(State(app): State<App>, Path(token): Path<String>) -> Result<Response, Problem> {
    let opened = opened(&app, &token, &Parameters::default()).await?;
    let PdfFile { name, bytes } = app.invoice_pdf(opened.partner_id, opened.invoice_id).await?;
    let headers = [
        (header::CONTENT_TYPE, "application/pdf".to_owned()),
        (header::CONTENT_DISPOSITION, format!("inline; filename=\"{name}\"")),
    ];
    Ok((headers, bytes).into_response())
}

/// What a form says, the last value of each name; names that it lacks are empty.
struct Filled(BTreeMap<String, String>);

impl Filled {
    fn read(body: &str) -> Self {
        Self(url::form_urlencoded::parse(body.as_bytes()).into_owned().collect())
    }

    fn get(&self, name: &str) -> String {
        self.0.get(name).cloned().unwrap_or_default()
    }
}

async fn pay(
    State(hosted): State<Hosted>,
    Path(token): Path<String>,
    Query(asked): Query<Parameters>,
    body: String,
) -> Result<Response, Problem> {
    let opened = opened(&hosted.app, &token, &asked).await?;
    let form = Filled::read(&body);
    let wanted = HostedPay {
        amount: form.get("amount"),
        method: form.get("method"),
        email: form.get("email"),
        form: form.get("form"),
    };
    hosted
        .aside(async move |app| {
            let paid = app.pay_hosted(opened, &wanted).await;
            answered(app, (&token, opened), paid.map(|paid| Notice::of(&paid.payment))).await
        })
        .await
}

/// What the payer does in the sandbox.
async fn confirm(
    State(hosted): State<Hosted>,
    Path(token): Path<String>,
    Query(asked): Query<Parameters>,
    body: String,
) -> Result<Response, Problem> {
    let opened = opened(&hosted.app, &token, &asked).await?;
    let form = Filled::read(&body);
    let Ok(payment_id) = form.get("payment").parse::<PaymentId>() else { return Ok(not_found()) };
    let done = match form.get("authentication").as_str() {
        "passed" => Authenticated::Passed,
        _ => Authenticated::Failed,
    };
    hosted
        .aside(async move |app| {
            let confirmed = app.confirm_hosted(opened, (payment_id, done)).await;
            answered(app, (&token, opened), confirmed.map(|it| Notice::of(&it.payment))).await
        })
        .await
}

/// Back to the page with what came of a form; where the form was refused, the page says why.
async fn answered(
    app: &App,
    (token, opened): (&str, Opened),
    outcome: Result<Notice, AppError>,
) -> Result<Response, Problem> {
    let notice = match outcome {
        Ok(notice) => notice,
        Err(AppError::Invalid(errors)) => {
            let texts = errors.into_iter().map(|error| error.message);
            let notice = Notice::Refused(texts.collect::<Vec<_>>().join("; "));
            let invoice = app.hosted_invoice(opened).await?;
            let page = page::render(token, (&invoice, opened.session), Some(&notice));
            return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
        }
        Err(error @ (AppError::Refused(_) | AppError::PaymentInProgress)) => {
            let notice = Notice::Refused(error.to_string());
            let invoice = app.hosted_invoice(opened).await?;
            let page = page::render(token, (&invoice, opened.session), Some(&notice));
            return Ok((StatusCode::CONFLICT, page).into_response());
        }
        Err(error) => return Err(error.into()),
    };
    let session = opened.session.map(|id| format!("session={id}&")).unwrap_or_default();
    let to = format!("/i/{token}?{session}notice={}", notice.name());
    Ok(Redirect::to(&to).into_response())
}
