//! Who is asking for a page, and whether they get it.
//!
//! Decided here: what every request passes before its page: its place, its session, the page's
//! rule, and for what changes something that it comes from a page of ours (AUT-10): the browser
//! says so, and the form carries a text that only our page could know, for it follows from the
//! cookie. Refusals are pages in the brand of the place.

use std::{net::SocketAddr, sync::Arc};

use app::{
    dashboard::Setup,
    error::AppError,
    keys::Allowance,
    people::{Visit, Visitor},
    requests::Asking,
};
use axum::{
    body::{Body, to_bytes},
    extract::{ConnectInfo, FromRequestParts, MatchedPath, Request, State},
    http::{HeaderMap, HeaderValue, Method, StatusCode, header, request::Parts},
    middleware::Next,
    response::{IntoResponse, Response},
};
use domain::{
    ids::{PartnerId, RequestKind},
    sign_in::Stage,
    tenant::TenantStatus,
    time::Zone,
    user::{Ability, Account, Standing},
};
use sha2::{Digest, Sha256};

use super::{
    Portal, cookies,
    fields::Fields,
    place::{self, Here, NoPlace},
    rules::{Need, Verdict, is_open_in_suspension, judge, need},
    shell,
};

/// The form field that proves where a form came from.
pub const CSRF_FIELD: &str = "csrf";
/// Largest form.
const MAX_FORM: usize = 64 << 10;
/// Largest form with a file, of people who are signed in.
const MAX_UPLOAD: usize = 8 << 20;
/// Forms that one address may send a minute.
const FORMS_A_MINUTE: u32 = 120;

/// Somebody who asks for a page.
#[derive(Clone)]
pub(crate) struct Guest {
    pub(crate) portal: Portal,
    pub(crate) here: Arc<Here>,
    pub(crate) visit: Arc<Visit>,
    /// Who, once signed in; also while a code is still asked for.
    pub(crate) visitor: Option<Arc<Visitor>>,
    /// The path of the page, without what stands before it in this place; `/` for forms.
    pub(crate) path: Arc<str>,
    /// What was sent, where something was.
    pub(crate) fields: Arc<Fields>,
    /// What forms carry.
    pub(crate) csrf: Arc<str>,
    /// How far the partner's setup has come, where its helper is shown.
    pub(crate) setup: Option<Arc<Setup>>,
}

/// Why a page is not shown.
#[derive(Debug, Clone)]
pub(crate) enum Fault {
    /// Go there instead.
    Elsewhere(String),
    /// A page that says what is wrong.
    Page(StatusCode, &'static str, String),
    /// The same, after so many seconds.
    Later(u32),
    /// Nothing is here.
    Nowhere,
}

impl From<AppError> for Fault {
    fn from(error: AppError) -> Self {
        let page = |status, title, text: String| Self::Page(status, title, text);
        match error {
            AppError::NotFound { .. } => Self::Nowhere,
            AppError::Forbidden(why) => page(StatusCode::FORBIDDEN, "You may not do this", why),
            AppError::Stale(what) => page(
                StatusCode::CONFLICT,
                "Changed meanwhile",
                format!("{what} was changed by somebody else meanwhile. Go back and look again."),
            ),
            AppError::Invalid(errors) => {
                let messages: Vec<String> =
                    errors.iter().map(|it| format!("{}: {}", it.field, it.message)).collect();
                page(StatusCode::UNPROCESSABLE_ENTITY, "Not like this", messages.join("; "))
            }
            AppError::Refused(why) | AppError::Conflict(_, why) => {
                page(StatusCode::CONFLICT, "Not possible now", why)
            }
            error @ (AppError::PaymentInProgress
            | AppError::NoPaymentMethod
            | AppError::PaymentDeclined(_)
            | AppError::ProcessorUnavailable(_)
            | AppError::WalletEmpty(_)
            | AppError::UpgradeRequired(_)
            | AppError::LimitReached(_)
            | AppError::RepeatDiffers
            | AppError::RepeatInProgress) => {
                page(StatusCode::CONFLICT, "Not possible now", error.to_string())
            }
            error => {
                tracing::error!(%error, "page failed");
                page(
                    StatusCode::INTERNAL_SERVER_ERROR,
                    "Something went wrong",
                    "Nothing was changed. Please try again in a moment.".to_owned(),
                )
            }
        }
    }
}

/// [`admit`] makes the page, in the brand of the place.
impl IntoResponse for Fault {
    fn into_response(self) -> Response {
        let mut response = StatusCode::INTERNAL_SERVER_ERROR.into_response();
        response.extensions_mut().insert(self);
        response
    }
}

impl<S: Sync> FromRequestParts<S> for Guest {
    type Rejection = Fault;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Fault> {
        parts.extensions.get::<Self>().cloned().ok_or(Fault::Nowhere)
    }
}

impl Guest {
    /// Who is signed in. Rules have been checked before, so that only a page without one fails.
    pub(crate) fn visitor(&self) -> Result<&Arc<Visitor>, Fault> {
        self.visitor.as_ref().ok_or_else(|| Fault::Elsewhere(self.here.path("/sign-in")))
    }

    /// As what and where.
    pub(crate) fn standing(&self) -> Result<Standing, Fault> {
        Ok(self.visitor()?.session.standing)
    }

    /// Whether somebody is signed in who may do this.
    pub(crate) fn may(&self, ability: Ability) -> bool {
        self.visitor.as_ref().is_some_and(|it| it.session.standing.may(ability))
    }

    /// The zone in which dates are shown to whoever is signed in.
    pub(crate) fn zone(&self) -> Result<&Zone, Fault> {
        Ok(self.visitor()?.zone())
    }

    /// The partner that is looked at, or whose tenant is. Rules have named the layer before.
    pub(crate) fn partner_id(&self) -> Result<PartnerId, Fault> {
        self.standing()?.account().partner().ok_or(Fault::Nowhere)
    }

    /// A request of whoever is signed in.
    pub(crate) fn asking(&self) -> Result<Asking, Fault> {
        Ok(self.visitor()?.asking(&self.visit))
    }

    /// Another page of this place, told with `303` so that a reload sends nothing again.
    pub(crate) fn go(&self, path: &str) -> Response {
        redirect(&self.here.path(path))
    }
}

fn redirect(to: &str) -> Response {
    let to = HeaderValue::from_str(to).unwrap_or(HeaderValue::from_static("/"));
    (StatusCode::SEE_OTHER, [(header::LOCATION, to)]).into_response()
}

/// What forms carry for this cookie.
fn csrf_of(cookie: &str) -> String {
    hex::encode(Sha256::digest(format!("form\n{cookie}").as_bytes()))
}

/// Everything that a request passes before and after its page.
pub(super) async fn admit(State(portal): State<Portal>, request: Request, next: Next) -> Response {
    let (mut parts, body) = request.into_parts();
    let here = match place::find(portal.app(), portal.hosts, &parts).await {
        Ok(here) => Arc::new(here),
        Err(NoPlace::Elsewhere) => {
            return crate::problem::page(
                StatusCode::MISDIRECTED_REQUEST,
                "Not served under this name",
                "Nothing is served under this name. Check the address for typing errors.",
            );
        }
        Err(NoPlace::Nobody) => return crate::problem::not_found(),
        Err(NoPlace::Failed(error)) => {
            tracing::error!(%error, "a portal was not found");
            return crate::problem::page(
                StatusCode::SERVICE_UNAVAILABLE,
                "Something went wrong",
                "Please try again in a moment.",
            );
        }
    };
    let (guest, fresh) = match recognise(&portal, &here, &parts).await {
        Ok(recognised) => recognised,
        Err(error) => return finished(Fault::from(error).into_response(), None, &here),
    };
    let admitted = checked(&guest, &parts, body).await;
    let (response, guest) = match admitted {
        Ok((guest, body)) => {
            parts.extensions.insert(guest.clone());
            (next.run(Request::from_parts(parts, body)).await, guest)
        }
        Err(fault) => (fault.into_response(), guest),
    };
    let mut response = finished(response, Some(&guest), &here);
    // A visitor's cookie never replaces the one that a page set.
    if let Some(cookie) = fresh
        && !response.headers().contains_key(header::SET_COOKIE)
    {
        response.headers_mut().insert(header::SET_COOKIE, cookies::visitor(&here, &cookie));
    }
    response
}

/// Who asks, and the text of a new cookie where the browser has none.
async fn recognise(
    portal: &Portal,
    here: &Arc<Here>,
    parts: &Parts,
) -> Result<(Guest, Option<String>), AppError> {
    let app = portal.app();
    let ip = parts.extensions.get::<ConnectInfo<SocketAddr>>();
    let text = |name| {
        let value = parts.headers.get(name).and_then(|value: &HeaderValue| value.to_str().ok());
        value.unwrap_or_default().to_owned()
    };
    let visit = Visit {
        bound: here.bound.clone(),
        ip: ip.map_or(String::new(), |ConnectInfo(address)| address.ip().to_string()),
        agent: text(header::USER_AGENT),
        request_id: app.ids.draw::<RequestKind>(app.clock.now()).to_string(),
    };
    let sent = cookies::candidates(&parts.headers, here);
    let mut found = None;
    for cookie in &sent {
        if let Some(visitor) = app.visitor(cookie, &here.bound).await? {
            found = Some((*cookie, visitor));
            break;
        }
    }
    let known = found.as_ref().map(|(cookie, _)| *cookie).or(sent.first().copied());
    let fresh = known.is_none().then(|| app.draw_cookie());
    let csrf = csrf_of(known.or(fresh.as_deref()).unwrap_or_default());
    let guest = Guest {
        portal: portal.clone(),
        here: here.clone(),
        visit: Arc::new(visit),
        visitor: found.map(|(_, visitor)| Arc::new(visitor)),
        path: if parts.method == Method::GET { parts.uri.path() } else { "/" }.into(),
        fields: Arc::default(),
        csrf: csrf.into(),
        setup: None,
    };
    Ok((guest, fresh))
}

/// The guest with what was sent, if the request may go on.
async fn checked(guest: &Guest, parts: &Parts, body: Body) -> Result<(Guest, Body), Fault> {
    let changes = match parts.method {
        Method::GET | Method::HEAD => false,
        Method::POST => true,
        _ => {
            let text = "This address is for reading and for forms.".to_owned();
            return Err(Fault::Page(StatusCode::METHOD_NOT_ALLOWED, "Not like this", text));
        }
    };
    let mut guest = guest.clone();
    if changes {
        guest.fields = Arc::new(read_form(&guest, parts, body).await?);
    }
    let path = parts.extensions.get::<MatchedPath>().map(MatchedPath::as_str);
    // Without a path that matched it is a page that says that nothing is here.
    if let Some(path) = path {
        let need = need(parts.method.as_str(), path).ok_or(Fault::Nowhere)?;
        check_need(&guest, need)?;
        if matches!(need, Need::May(..) | Need::SignedIn) && !changes {
            guest.setup = setup(&guest, &parts.headers).await?;
        }
        check_service(&guest, need, path)?;
    }
    Ok((guest, Body::empty()))
}

/// How far a partner's setup has come, while something is left and nobody put it away (CHK-01).
async fn setup(guest: &Guest, headers: &HeaderMap) -> Result<Option<Arc<Setup>>, Fault> {
    let Account::Partner(partner_id) = guest.standing()?.account() else { return Ok(None) };
    if cookies::has_no_setup(headers) {
        return Ok(None);
    }
    let setup = guest.portal.app().setup_of(partner_id).await?;
    Ok((!setup.is_complete()).then(|| Arc::new(setup)))
}

fn check_need(guest: &Guest, need: Need) -> Result<(), Fault> {
    let elsewhere = |path: &str| Err(Fault::Elsewhere(guest.here.path(path)));
    let stage = guest.visitor.as_ref().map(|it| it.session.stage);
    match (need, stage) {
        (Need::Anybody, _) | (Need::Code, Some(Stage::Code)) => return Ok(()),
        (Need::Code, Some(Stage::Full)) => return elsewhere("/"),
        (_, None) => return elsewhere("/sign-in"),
        (_, Some(Stage::Code)) => return elsewhere("/sign-in/code"),
        (_, Some(Stage::Full)) => {}
    }
    let visitor = guest.visitor()?;
    let is_verified = visitor.user.verified_at.is_some();
    match need {
        Need::Session => Ok(()),
        _ if !is_verified => elsewhere("/verify"),
        Need::May(layer, ability) => match judge((layer, ability), visitor.session.standing) {
            Verdict::Open => Ok(()),
            Verdict::Nowhere => Err(Fault::Nowhere),
            Verdict::Forbidden => Err(Fault::Page(
                StatusCode::FORBIDDEN,
                "You may not do this",
                "Your role does not allow this. Ask an administrator of your account.".to_owned(),
            )),
        },
        Need::Anybody | Need::Code | Need::SignedIn => Ok(()),
    }
}

/// Sends people of a suspended tenant to the page that says so, unless a page stays open for them.
/// Whoever acts for the tenant from above is not held up.
fn check_service(guest: &Guest, need: Need, path: &str) -> Result<(), Fault> {
    let Need::May(..) = need else { return Ok(()) };
    let visitor = guest.visitor()?;
    let is_suspended = visitor.account.tenant_status == Some(TenantStatus::Suspended)
        && !visitor.session.standing.is_acting();
    if is_suspended && !is_open_in_suspension(path) {
        return Err(Fault::Elsewhere(guest.here.path("/")));
    }
    Ok(())
}

async fn read_form(guest: &Guest, parts: &Parts, body: Body) -> Result<Fields, Fault> {
    let limiter = &guest.portal.app().limits;
    let name = format!("forms {}", guest.visit.ip);
    if let Allowance::Refused { retry_after } = limiter.take(&name, FORMS_A_MINUTE) {
        return Err(Fault::Later(retry_after));
    }
    let foreign =
        |text: &str| Fault::Page(StatusCode::FORBIDDEN, "This form is not ours", text.to_owned());
    if !is_same_origin(&parts.headers, parts) {
        return Err(foreign("It was sent by another site, so nothing was done."));
    }
    let is_in = guest.visitor.as_ref().is_some_and(|it| it.session.stage == Stage::Full);
    let boundary = boundary(&parts.headers).filter(|_| is_in);
    let most = if boundary.is_some() { MAX_UPLOAD } else { MAX_FORM };
    let bytes = to_bytes(body, most).await.map_err(|_| {
        let text = "The form is larger than any of ours.".to_owned();
        Fault::Page(StatusCode::PAYLOAD_TOO_LARGE, "Too much", text)
    })?;
    let fields = match boundary {
        None => Fields::read(&bytes),
        Some(boundary) => Fields::read_parts(&bytes, &boundary).unwrap_or_default(),
    };
    if fields.get(CSRF_FIELD) != &*guest.csrf {
        return Err(foreign(
            "It is too old, or your browser keeps no cookies of this site. Nothing was done: go \
             back, reload the page and try again.",
        ));
    }
    Ok(fields)
}

/// What tells the parts of a form with files apart, where it is one (RFC 2046, 5.1.1).
fn boundary(headers: &HeaderMap) -> Option<String> {
    let kind = headers.get(header::CONTENT_TYPE)?.to_str().ok()?;
    let rest = kind.strip_prefix("multipart/form-data")?;
    let given = rest.split(';').find_map(|part| part.trim().strip_prefix("boundary="))?;
    let given = given.trim_matches('"');
    (1..=70).contains(&given.len()).then(|| given.to_owned())
}

/// Whether a request that changes something comes from a page of the same host, as far as the
/// browser says.
fn is_same_origin(headers: &HeaderMap, parts: &Parts) -> bool {
    let text = |name: &str| headers.get(name).map(|value| value.to_str().unwrap_or("?"));
    match (text("sec-fetch-site"), text("origin")) {
        (Some(site), _) => matches!(site, "same-origin" | "none"),
        (None, Some(origin)) => {
            let named = url::Url::parse(origin).ok();
            let named = named.as_ref().and_then(url::Url::host_str).map(place::name_of);
            named.is_some() && named == place::host_of(headers, &parts.uri)
        }
        (None, None) => true,
    }
}

/// The response, made into a page where it is a fault.
fn finished(mut response: Response, guest: Option<&Guest>, here: &Here) -> Response {
    let Some(fault) = response.extensions_mut().remove::<Fault>() else { return response };
    let page = |status: StatusCode, title: &str, text: &str| match guest {
        Some(guest) => shell::problem(guest, status, (title, text)),
        None => crate::problem::page(status, title, text),
    };
    match fault {
        Fault::Elsewhere(to) => redirect(&to),
        Fault::Page(status, title, text) => page(status, title, &text),
        Fault::Nowhere => page(StatusCode::NOT_FOUND, "Page not found", &nowhere_text(here)),
        Fault::Later(seconds) => {
            let text = format!("Too many attempts. Try again in {seconds} seconds.");
            let mut response = page(StatusCode::TOO_MANY_REQUESTS, "Slow down", &text);
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
            response
        }
    }
}

fn nowhere_text(here: &Here) -> String {
    let support = &here.face.support_email;
    let mut text = "Nothing is here. The link may be old, or it is somebody else's.".to_owned();
    if !support.is_empty() {
        text += &format!(" Questions? Write to {support}.");
    }
    text
}
