//! One endpoint: made, changed, its secret rotated, switched, tried, deleted.

use app::{
    error::{AppError, FieldError},
    resource,
    webhooks::{EndpointEdit, NewEndpoint, WebhookEndpoint},
};
use axum::{
    extract::{Path, RawQuery},
    response::Response,
};
use domain::{
    ids::EndpointId,
    user::Ability,
    webhook::{
        catalogue::EVENT_TYPES,
        endpoint::{EndpointChange, EndpointStatus},
    },
};
use maud::{Markup, html};

use super::{PATH, list::status};
use crate::{
    api::write::Outcome,
    portal::{
        change::{ONCE_FIELD, Refusal, said},
        fields::Fields,
        guest::{Fault, Guest},
        parts::{
            Choice, Confirm, Field, Group, alert, badge, card, choices, crumbs, definitions,
            hidden, other_errors, page_head, select_field, tick,
        },
        shell::{self, Frame, Page, told},
    },
};

/// What is typed into the form of an endpoint.
#[derive(Debug, Clone, Default)]
struct Typed {
    url: String,
    description: String,
    events: Vec<String>,
    all: Option<()>,
}

impl Typed {
    fn sent(fields: &Fields) -> Self {
        let events = fields.all("event_types").iter().take(200);
        Self {
            url: fields.typed("url", 2_000),
            description: fields.typed("description", 600),
            events: events.map(|it| it.chars().take(60).collect()).collect(),
            all: fields.has("all").then_some(()),
        }
    }

    fn event_types(&self) -> Vec<String> {
        match self.all {
            Some(()) => EVENT_TYPES.iter().map(|it| it.name.to_owned()).collect(),
            None => self.events.clone(),
        }
    }
}

/// The form of an endpoint, and what can be done with one that there is.
#[derive(Debug, Clone)]
pub(in crate::portal) struct Endpoint {
    id: Option<String>,
    seen: i64,
    once: String,
    typed: Typed,
    status: (&'static str, &'static str),
    is_enabled: Option<()>,
    failures: u32,
    overlap: Option<String>,
    may_change: Option<()>,
    errors: Vec<FieldError>,
    notice: Option<&'static str>,
}

impl Page for Endpoint {
    fn title(&self) -> String {
        if self.id.is_some() { "Webhook endpoint" } else { "Add endpoint" }.to_owned()
    }

    fn body(&self, frame: &Frame) -> Markup {
        let heading = if self.id.is_some() { self.typed.url.as_str() } else { "Add Endpoint" };
        let to = self.id.as_ref().map_or(PATH.to_owned(), |id| format!("{PATH}/{id}"));
        html! {
            (crumbs(frame, PATH, "Webhooks"))
            (told(self.notice))
            (page_head(heading, "", &self.actions(frame, &to)))
            (other_errors(&self.errors, &["url", "description", "event_types"]))
            @if self.id.is_some() { (self.standing()) }
            section.card.form aria-label="Endpoint" {
                form.broad method="post" action=(frame.path(&to)) {
                    (frame.seal())
                    (hidden("seen", self.seen))
                    (hidden(ONCE_FIELD, &self.once))
                    (self.fields())
                    @if self.may_change.is_some() {
                        div.form-end {
                            button.primary type="submit" {
                                @if self.id.is_some() { "Save" } @else { "Create Endpoint" }
                            }
                            a href=(frame.path(PATH)) { "Cancel" }
                        }
                    }
                }
            }
            @if self.id.is_some() && self.may_change.is_some() { (self.rotation(frame, &to)) }
        }
    }

    fn samples() -> Vec<Self> {
        let typed = Typed {
            url: "https://hooks.example/<b>".to_owned(),
            description: "\"><script>".to_owned(),
            events: vec!["invoice.paid".to_owned()],
            all: Some(()),
        };
        let full = Self {
            id: Some("whe_00000000000000000000000001".to_owned()),
            seen: 2,
            once: "req_1".to_owned(),
            typed,
            status: status(EndpointStatus::Enabled),
            is_enabled: Some(()),
            failures: 3,
            overlap: Some("Nov 24, 2026, 18:05".to_owned()),
            may_change: Some(()),
            errors: Vec::new(),
            notice: Some("Saved."),
        };
        let errors = ["url", "description", "event_types", ""].map(|field| FieldError {
            field: field.to_owned(),
            message: "is <i>wrong</i>".to_owned(),
        });
        let wrong = Self { id: None, errors: errors.into(), ..full.clone() };
        let looked_at = Self { may_change: None, is_enabled: None, ..full.clone() };
        vec![full, wrong, looked_at]
    }
}

impl Endpoint {
    fn actions(&self, frame: &Frame, path: &str) -> Markup {
        let button = |what: &str, text: &str| {
            html! {
                form method="post" action=(frame.path(&format!("{path}/{what}"))) {
                    (frame.seal())
                    button.button type="submit" { (text) }
                }
            }
        };
        html! {
            @if self.id.is_some() {
                a.button href=(frame.path(&format!("{path}/deliveries"))) { "Deliveries" }
                @if self.may_change.is_some() {
                    (button("test", "Send a test event"))
                    (button("status", if self.is_enabled.is_some() { "Disable" } else { "Enable" }))
                    a.button href=(frame.path(&format!("{path}/delete"))) { "Delete" }
                }
            }
        }
    }

    fn standing(&self) -> Markup {
        definitions(&[
            ("Status", badge(self.status.0, self.status.1)),
            ("Consecutive Failures", html! { (self.failures) }),
            ("Old secret works until", html! { (self.overlap.as_deref().unwrap_or("—")) }),
        ])
    }

    fn fields(&self) -> Markup {
        let events: Vec<Choice> = EVENT_TYPES
            .iter()
            .map(|it| {
                Choice::new(it.name, it.name).hint(format!("{}: {}", it.category, it.description))
            })
            .collect();
        html! {
            (Field::text("url", "Endpoint URL").value(&self.typed.url).errors(&self.errors)
                .hint("https, at a public address").render())
            (Field::text("description", "Description").value(&self.typed.description)
                .errors(&self.errors).optional().render())
            (tick(("all", "Select All", "Every event below, whatever is ticked there."),
                self.typed.all))
            (Group::boxes("event_types", "Events").errors(&self.errors)
                .hint("As few as your program needs.").render(&events, &self.typed.events))
        }
    }

    fn rotation(&self, frame: &Frame, path: &str) -> Markup {
        let overlaps =
            choices([("0", "At once"), ("3600", "After an hour"), ("86400", "After a day")]);
        card(
            ("rotate", "Rotate Secret"),
            &html! {},
            &html! {
                div.inside {
                    p { "Makes a new signing secret and shows it once." }
                    form.broad method="post" action=(frame.path(&format!("{path}/rotate"))) {
                        (frame.seal())
                        (hidden(ONCE_FIELD, &self.once))
                        (select_field(("overlap", "The old one stops working", ""), &overlaps, "0",
                            &[]))
                        button.button type="submit" { "Rotate Secret" }
                    }
                }
            },
        )
    }
}

/// A signing secret, shown this once.
#[derive(Debug)]
pub(in crate::portal) struct SecretShown {
    id: String,
    url: String,
    secret: Option<String>,
}

impl Page for SecretShown {
    fn title(&self) -> String {
        "Signing secret".to_owned()
    }

    fn body(&self, frame: &Frame) -> Markup {
        html! {
            section.panel.wide-panel {
                h1 { "Signing secret" }
                p { (self.url) }
                @match &self.secret {
                    Some(secret) => {
                        (alert("warning", "Copy the secret now. It is shown this once; a lost one \
                            can only be rotated."))
                        p.secret { code { (secret) } }
                    }
                    None => {
                        (alert("plain", "This was done before, and the secret was shown then. If \
                            it is lost, rotate it."))
                    }
                }
                p.below { a href=(frame.path(&format!("{PATH}/{}", self.id))) { "Go on" } }
            }
        }
    }

    fn samples() -> Vec<Self> {
        let secret = Some("whsec_0123456789abcdef".to_owned());
        let id = "whe_00000000000000000000000001".to_owned();
        let url = "https://hooks.example/<b>".to_owned();
        let shown = Self { id: id.clone(), url: url.clone(), secret };
        vec![shown, Self { id, url, secret: None }]
    }
}

fn form(guest: &Guest, typed: Typed) -> Endpoint {
    Endpoint {
        id: None,
        seen: 0,
        once: guest.once(),
        typed,
        status: status(EndpointStatus::Enabled),
        is_enabled: Some(()),
        failures: 0,
        overlap: None,
        may_change: guest.may(Ability::Change).then_some(()),
        errors: Vec::new(),
        notice: None,
    }
}

fn of_endpoint(guest: &Guest, it: &WebhookEndpoint) -> Result<Endpoint, Fault> {
    let typed = Typed {
        url: it.url.clone(),
        description: it.description.clone(),
        events: it.event_types.clone(),
        all: None,
    };
    let zone = guest.zone()?;
    let now = guest.portal.app().clock.now();
    let overlap = it.previous_secret_until.filter(|until| *until > now);
    Ok(Endpoint {
        id: Some(it.endpoint_id.to_string()),
        seen: it.version,
        status: status(it.status),
        is_enabled: (it.status == EndpointStatus::Enabled).then_some(()),
        failures: it.consecutive_failures,
        overlap: overlap.map(|until| zone.display_minute(until)),
        ..form(guest, typed)
    })
}

pub(super) async fn reached(guest: &Guest, id: &str) -> Result<WebhookEndpoint, Fault> {
    let endpoint_id: EndpointId = id.parse().map_err(|_| Fault::Nowhere)?;
    let app = guest.portal.app();
    Ok(app.webhook_endpoint(guest.partner_id()?, endpoint_id).await?)
}

fn refused(guest: &Guest, page: Endpoint, error: AppError) -> Result<Response, Fault> {
    let Refusal { status, mut errors, is_stale } = Refusal::of(error)?;
    if is_stale.is_some() {
        let message = "Somebody else changed this endpoint meanwhile. What you typed is kept: \
                       save it again to put it over that.";
        errors.push(FieldError { field: String::new(), message: message.to_owned() });
    }
    Ok(shell::with_status(guest, status, &Endpoint { errors, ..page }))
}

pub(super) async fn blank(guest: Guest) -> Result<Response, Fault> {
    Ok(shell::show(&guest, &form(&guest, Typed::default())))
}

pub(super) async fn show(
    guest: Guest,
    Path(id): Path<String>,
    RawQuery(query): RawQuery,
) -> Result<Response, Fault> {
    let endpoint = reached(&guest, &id).await?;
    let notice = shell::notice(query.as_deref());
    Ok(shell::show(&guest, &Endpoint { notice, ..of_endpoint(&guest, &endpoint)? }))
}

/// The secret in an answer that is given for the first time.
fn shown_once(performed: &app::requests::Performed) -> Option<String> {
    let is_first = matches!(performed, app::requests::Performed::Now(_));
    is_first.then(|| said(performed, "secret"))
}

pub(super) async fn create(guest: Guest) -> Result<Response, Fault> {
    let (app, partner_id) = (guest.portal.app(), guest.partner_id()?);
    let typed = Typed::sent(&guest.fields);
    let new = NewEndpoint {
        url: typed.url.trim().to_owned(),
        description: typed.description.trim().to_owned(),
        event_types: typed.event_types(),
    };
    if let Err(error) = app.check_webhook_url(&new.url).await {
        return refused(&guest, form(&guest, typed), error);
    }
    let asking = guest.asking_once(&["endpoint", &new.url])?;
    let done = guest.write_as(asking, async move |app| {
        let made = app.create_webhook_endpoint(partner_id, &new).await?;
        let endpoint = resource::WebhookEndpoint::from(&made.endpoint);
        let outcome = Outcome::ok(&endpoint)?;
        let outcome = outcome.audited("webhook_endpoint.create", endpoint.id, None::<&()>)?;
        Ok(outcome.revealing("secret", &made.secret.shown()))
    });
    match done.await {
        Ok(performed) => {
            let (id, url) = (said(&performed, "id"), said(&performed, "url"));
            Ok(shell::show(&guest, &SecretShown { id, url, secret: shown_once(&performed) }))
        }
        Err(error) => refused(&guest, form(&guest, typed), error),
    }
}

pub(super) async fn save(guest: Guest, Path(id): Path<String>) -> Result<Response, Fault> {
    let endpoint = reached(&guest, &id).await?;
    let (partner_id, endpoint_id) = (guest.partner_id()?, endpoint.endpoint_id);
    let seen: i64 = guest.fields.get("seen").parse().unwrap_or(-1);
    let typed = Typed::sent(&guest.fields);
    let page = Endpoint { typed: typed.clone(), ..of_endpoint(&guest, &endpoint)? };
    let edit = EndpointEdit {
        url: Some(typed.url.trim().to_owned()),
        description: Some(typed.description.trim().to_owned()),
        event_types: Some(typed.event_types()),
    };
    if let Err(error) = guest.portal.app().check_webhook_url(typed.url.trim()).await {
        return refused(&guest, page, error);
    }
    let before = resource::WebhookEndpoint::from(&endpoint);
    let done = guest.write(async move |app| {
        let place = (endpoint_id, Some(seen));
        let after = app.edit_webhook_endpoint(partner_id, place, edit.clone()).await?;
        let outcome = Outcome::ok(&resource::WebhookEndpoint::from(&after))?;
        outcome.audited("webhook_endpoint.edit", endpoint_id, Some(&before))
    });
    match done.await? {
        Ok(()) => Ok(guest.go(&format!("{PATH}/{endpoint_id}?done=saved"))),
        Err(error) => refused(&guest, page, error),
    }
}

pub(super) async fn rotate(guest: Guest, Path(id): Path<String>) -> Result<Response, Fault> {
    let endpoint = reached(&guest, &id).await?;
    let (partner_id, endpoint_id) = (guest.partner_id()?, endpoint.endpoint_id);
    let overlap: u32 = guest.fields.get("overlap").parse().map_err(|_| Fault::Nowhere)?;
    let asking = guest.asking_once(&["rotate", &id])?;
    let done = guest.write_as(asking, async move |app| {
        let made = app.rotate_webhook_secret(partner_id, endpoint_id, overlap).await?;
        let outcome = Outcome::ok(&resource::WebhookEndpoint::from(&made.endpoint))?;
        let outcome = outcome.audited("webhook_endpoint.rotate", endpoint_id, None::<&()>)?;
        Ok(outcome.revealing("secret", &made.secret.shown()))
    });
    match done.await {
        Ok(performed) => {
            let secret = shown_once(&performed);
            Ok(shell::show(&guest, &SecretShown { id, url: endpoint.url, secret }))
        }
        Err(error) => refused(&guest, of_endpoint(&guest, &endpoint)?, error),
    }
}

/// Does `change` to an endpoint, written down as `action`.
async fn change(
    guest: &Guest,
    endpoint: &WebhookEndpoint,
    (change, action): (EndpointChange, &'static str),
) -> Result<Result<(), AppError>, Fault> {
    let (partner_id, endpoint_id) = (guest.partner_id()?, endpoint.endpoint_id);
    let before = resource::WebhookEndpoint::from(endpoint);
    let done = guest.write(async move |app| {
        let after = app.change_webhook_endpoint(partner_id, endpoint_id, change).await?;
        let outcome = Outcome::ok(&resource::WebhookEndpoint::from(&after))?;
        outcome.audited(action, endpoint_id, Some(&before))
    });
    done.await
}

pub(super) async fn toggle(guest: Guest, Path(id): Path<String>) -> Result<Response, Fault> {
    let endpoint = reached(&guest, &id).await?;
    let wanted = match endpoint.status {
        EndpointStatus::Enabled => (EndpointChange::Disable, "webhook_endpoint.disable"),
        _ => (EndpointChange::Enable, "webhook_endpoint.enable"),
    };
    match change(&guest, &endpoint, wanted).await? {
        Ok(()) => Ok(guest.go(&format!("{PATH}/{}?done=saved", endpoint.endpoint_id))),
        Err(error) => refused(&guest, of_endpoint(&guest, &endpoint)?, error),
    }
}

pub(super) async fn test(guest: Guest, Path(id): Path<String>) -> Result<Response, Fault> {
    let endpoint = reached(&guest, &id).await?;
    let (partner_id, endpoint_id) = (guest.partner_id()?, endpoint.endpoint_id);
    let done = guest.write(async move |app| {
        let delivery = app.send_test_webhook(partner_id, endpoint_id).await?;
        let outcome = Outcome::ok(&resource::WebhookDelivery::from(&delivery))?;
        outcome.audited("webhook_endpoint.test", endpoint_id, None::<&()>)
    });
    match done.await? {
        Ok(()) => Ok(guest.go(&format!("{PATH}/{endpoint_id}/deliveries?done=queued"))),
        Err(error) => refused(&guest, of_endpoint(&guest, &endpoint)?, error),
    }
}

/// Asks once more before an endpoint goes.
#[derive(Debug)]
pub(in crate::portal) struct Delete {
    id: String,
    url: String,
}

impl Page for Delete {
    fn title(&self) -> String {
        "Delete webhook endpoint".to_owned()
    }

    fn body(&self, frame: &Frame) -> Markup {
        let path = format!("{PATH}/{}", self.id);
        let confirm = Confirm {
            question: "Delete this endpoint?",
            action: &format!("{path}/delete"),
            button: "Delete Endpoint",
            back: &path,
            seen: None,
        };
        let effects = html! {
            p { strong { (self.url) } " is sent nothing any more, not even what waits. What was "
                "sent stays to be read." }
        };
        confirm.render(frame, &effects, &html! {})
    }

    fn samples() -> Vec<Self> {
        let id = "whe_00000000000000000000000001".to_owned();
        vec![Self { id, url: "https://hooks.example/<b>".to_owned() }]
    }
}

pub(super) async fn ask_delete(guest: Guest, Path(id): Path<String>) -> Result<Response, Fault> {
    let endpoint = reached(&guest, &id).await?;
    Ok(shell::show(&guest, &Delete { id, url: endpoint.url }))
}

pub(super) async fn delete(guest: Guest, Path(id): Path<String>) -> Result<Response, Fault> {
    let endpoint = reached(&guest, &id).await?;
    let wanted = (EndpointChange::Delete, "webhook_endpoint.delete");
    change(&guest, &endpoint, wanted).await??;
    Ok(guest.go(&format!("{PATH}?done=gone")))
}
