//! The documentation: `/v1/openapi.json`, and a page to read and try it.
//!
//! Decided here: everything comes from this program, so that the page works without any other
//! machine: RapiDoc is part of it (`assets/rapidoc`, MIT). The page may run these scripts and ask
//! this server, nothing else; RapiDoc writes its own styles, so inline ones are allowed here and
//! on no other page. No key is needed to read it, and a key typed into it is kept by nobody.

use std::sync::LazyLock;

use axum::{
    Router,
    body::Bytes,
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
    routing::get,
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use maud::{DOCTYPE, html};
use sha2::{Digest, Sha256};

use super::{openapi::document, problem::CODES};

const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; \
    img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; \
    frame-ancestors 'none'";

/// One file of the documentation.
struct File {
    kind: &'static str,
    content: Bytes,
    tag: String,
}

impl File {
    fn new(kind: &'static str, content: impl Into<Bytes>) -> Self {
        let content = content.into();
        let tag = format!("\"{}\"", URL_SAFE_NO_PAD.encode(&Sha256::digest(&content)[..12]));
        Self { kind, content, tag }
    }

    /// The file, or that the asker has it already.
    fn answer(&self, asked: &HeaderMap) -> Response {
        let seen = asked.get(header::IF_NONE_MATCH).and_then(|seen| seen.to_str().ok());
        let is_seen = seen.is_some_and(|seen| {
            seen.split(',').any(|tag| tag.trim().trim_start_matches("W/") == self.tag)
        });
        let mut response = if is_seen {
            StatusCode::NOT_MODIFIED.into_response()
        } else {
            self.content.clone().into_response()
        };
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(self.kind));
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
        headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY));
        if let Ok(tag) = HeaderValue::from_str(&self.tag) {
            headers.insert(header::ETAG, tag);
        }
        response
    }
}

static DOCUMENT: LazyLock<File> =
    LazyLock::new(|| File::new("application/json", document().to_string()));
static PAGE: LazyLock<File> = LazyLock::new(|| File::new("text/html; charset=utf-8", page()));
static RAPIDOC: LazyLock<File> = LazyLock::new(|| {
    let script: &[u8] = include_bytes!("../../../assets/rapidoc/rapidoc-min.js");
    File::new("text/javascript; charset=utf-8", script)
});
static SCRIPT: LazyLock<File> =
    LazyLock::new(|| File::new("text/javascript; charset=utf-8", include_str!("page.js")));
static STYLE: LazyLock<File> =
    LazyLock::new(|| File::new("text/css; charset=utf-8", include_str!("page.css")));

/// The documentation's routes; no key is needed.
pub(super) fn router() -> Router {
    Router::new()
        .route("/v1", get(async |asked: HeaderMap| PAGE.answer(&asked)))
        .route("/v1/docs", get(async |asked: HeaderMap| PAGE.answer(&asked)))
        .route("/v1/openapi.json", get(async |asked: HeaderMap| DOCUMENT.answer(&asked)))
        .route("/v1/docs/rapidoc-min.js", get(async |asked: HeaderMap| RAPIDOC.answer(&asked)))
        .route("/v1/docs/page.js", get(async |asked: HeaderMap| SCRIPT.answer(&asked)))
        .route("/v1/docs/page.css", get(async |asked: HeaderMap| STYLE.answer(&asked)))
}

fn page() -> String {
    let page = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                title { "API · Trunkline" }
                link rel="stylesheet" href="/v1/docs/page.css";
                link rel="icon" href="data:,";
            }
            body {
                noscript {
                    p { "This page needs scripts. " a href="/v1/openapi.json" { "The document" }
                        " that it shows can be read without." }
                }
                rapi-doc spec-url="/v1/openapi.json" render-style="focused"
                    show-header="false" load-fonts="false" allow-spec-url-load="false"
                    allow-spec-file-load="false" allow-server-selection="false"
                    allow-advanced-search="false" persist-auth="false"
                    schema-style="table" default-schema-tab="example"
                    show-method-in-nav-bar="as-colored-text" nav-item-spacing="relaxed"
                    regular-font="system-ui, sans-serif" mono-font="ui-monospace, monospace" {
                    details slot="overview" {
                        summary { "The codes of refusals" }
                        dl {
                            @for (code, title, help) in CODES {
                                dt id={ "problem-" (code) } { code { (code) } " " (title) }
                                dd { (help) }
                            }
                        }
                    }
                }
                script src="/v1/docs/page.js" {}
                script src="/v1/docs/rapidoc-min.js" type="module" {}
            }
        }
    };
    page.into_string()
}
