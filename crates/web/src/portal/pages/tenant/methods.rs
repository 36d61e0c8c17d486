//! A tenant's payment methods: listed, added, made the default, removed (PMT-08, PMT-09).
//!
//! Decided here: card data never comes to us (PMT-02). In the sandbox a test method is chosen from
//! a list; with a real processor the card is taken by its script, which pages without scripts
//! cannot show. Removing the only method asks once more, because automatic payments end with it.

use app::{
    App,
    error::{AppError, FieldError},
    methods::Removal,
    tenant_side::why_unusable,
};
use axum::{
    Router,
    extract::Path,
    http::StatusCode,
    response::Response,
    routing::{get, post},
};
use domain::{
    ids::MethodId,
    processor::{MethodKind, SavedMethod},
    time::Day,
};
use maud::{Markup, html};

use super::{billing, owner};
use crate::portal::{
    Portal,
    change::{ONCE_FIELD, Refusal},
    guest::{Fault, Guest},
    parts::{Choice, Confirm, badge, card, empty_state, hidden, select_field},
    shell::{self, Frame, Page},
};

pub(super) fn routes() -> Router<Portal> {
    Router::new()
        .route("/my/methods", post(add))
        .route("/my/methods/{id}/default", post(make_default))
        .route("/my/methods/{id}/remove", get(ask_remove).post(remove))
}

/// A saved method as it is shown.
#[derive(Debug, Clone)]
pub(super) struct MethodRow {
    id: String,
    version: i64,
    name: String,
    /// When a card ends, or what a bank account is.
    detail: String,
    /// What is wrong with it.
    state: Option<(&'static str, &'static str)>,
    is_default: Option<()>,
    can_be_default: Option<()>,
}

/// The section of the billing page.
#[derive(Debug, Clone)]
pub(super) struct Methods {
    pub(super) rows: Vec<MethodRow>,
    /// The sandbox's test methods; empty with a real processor.
    pub(super) choices: Vec<Choice>,
    pub(super) auto_pay: Option<()>,
    /// The tenant's version.
    pub(super) seen: i64,
    pub(super) once: String,
}

/// The row of a method.
pub(super) fn method_row(method: &SavedMethod, today: Day) -> MethodRow {
    let is_expired = method.is_expired(today);
    let state = match why_unusable(method) {
        Some(why) => Some(("warning", why)),
        None => is_expired.then_some(("negative", "Expired")),
    };
    let ends = |(month, year): (u8, u16)| format!("ends {month:02}/{year}");
    MethodRow {
        id: method.method_id.to_string(),
        version: method.version,
        name: name_of(method),
        detail: match method.kind {
            MethodKind::Card => method.expires.map_or_else(String::new, ends),
            MethodKind::BankAccount => "Bank account (ACH)".to_owned(),
        },
        state,
        is_default: method.is_default.then_some(()),
        can_be_default: (method.is_usable() && !method.is_default).then_some(()),
    }
}

/// What people call a method: `Visa •••• 4242`.
pub(super) fn name_of(method: &SavedMethod) -> String {
    let mut brand = method.brand.clone();
    if let Some(first) = brand.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    format!("{brand} •••• {}", method.last_four)
}

impl Methods {
    /// Worth looking at.
    pub(super) fn sample() -> Self {
        let row = MethodRow {
            id: "pm_00000000000000000000000001".to_owned(),
            version: 3,
            name: "A <b>bank</b> whose name goes on for long •••• 4242".to_owned(),
            detail: "ends 05/2026".to_owned(),
            state: Some(("negative", "Expired")),
            is_default: Some(()),
            can_be_default: None,
        };
        let other =
            MethodRow { state: None, is_default: None, can_be_default: Some(()), ..row.clone() };
        Self {
            rows: vec![row, other],
            choices: vec![Choice::new("visa", "visa •••• 4242 – succeeds")],
            auto_pay: Some(()),
            seen: 4,
            once: "req_00000000000000000000000001".to_owned(),
        }
    }

    /// Nothing saved, and no way to.
    pub(super) fn none() -> Self {
        Self { rows: Vec::new(), choices: Vec::new(), auto_pay: None, ..Self::sample() }
    }

    /// The section.
    pub(super) fn section(
        &self,
        frame: &Frame,
        (may_change, errors): (Option<()>, &[FieldError]),
    ) -> Markup {
        card(
            ("methods", "Payment methods"),
            &Markup::default(),
            &html! {
                @if self.rows.is_empty() {
                    (empty_state("No payment method yet", "Add one to pay here, or to have your \
                        invoices paid automatically."))
                }
                ul.rows {
                    @for row in &self.rows { li { (row.render(frame, may_change)) } }
                }
                @if may_change.is_some() {
                    (self.automatic(frame))
                    (self.adding(frame, errors))
                }
            },
        )
    }

    fn automatic(&self, frame: &Frame) -> Markup {
        let (wanted, button, state) = match self.auto_pay {
            Some(()) => ("off", "Switch off", badge("positive", "On")),
            None => ("on", "Switch on", badge("quiet", "Off")),
        };
        html! {
            div.part {
                h3 { "Auto-pay " (state) }
                p.quietly { "When it is on, your default method is charged as soon as an invoice "
                    "is issued." }
                form method="post" action=(frame.path("/my/auto-pay")) {
                    (frame.seal())
                    (hidden("seen", self.seen))
                    (hidden("auto_pay", wanted))
                    button.button type="submit" { (button) span.unseen { " auto-pay" } }
                }
            }
        }
    }

    fn adding(&self, frame: &Frame, errors: &[FieldError]) -> Markup {
        html! {
            div.part {
                h3 { "Add a payment method" }
                @if self.choices.is_empty() {
                    p.quietly { "Please contact us to add a card or a bank account." }
                } @else {
                    form method="post" action=(frame.path("/my/methods")) {
                        (frame.seal())
                        (hidden(ONCE_FIELD, &self.once))
                        (select_field(("test_method", "Test card or bank account",
                            "This is the sandbox: no money moves."), &self.choices, "", errors))
                        button.primary type="submit" { "Add payment method" }
                    }
                }
            }
        }
    }
}

impl MethodRow {
    fn render(&self, frame: &Frame, may_change: Option<()>) -> Markup {
        let path = |what: &str| frame.path(&format!("/my/methods/{}/{what}", self.id));
        html! {
            span.grow { strong { (self.name) } " " span.quietly { (self.detail) } }
            @if self.is_default.is_some() { (badge("positive", "Default")) }
            @if let Some((tone, text)) = self.state { (badge(tone, text)) }
            @if may_change.is_some() {
                @if self.can_be_default.is_some() {
                    form method="post" action=(path("default")) {
                        (frame.seal())
                        (hidden("seen", self.version))
                        button.button.small type="submit" {
                            "Set as Default" span.unseen { ": " (self.name) }
                        }
                    }
                }
                a.button.small href=(path("remove")) {
                    "Delete" span.unseen { " " (self.name) }
                }
            }
        }
    }
}

/// How a page is answered, and what it says, where a form was refused.
pub(super) fn refused(error: AppError) -> Result<(StatusCode, Vec<FieldError>), Fault> {
    let mut refusal = Refusal::of(error)?;
    if refusal.is_stale.is_some() {
        let message = "This was changed meanwhile. Look again, then repeat it.".to_owned();
        refusal.errors = vec![FieldError { field: String::new(), message }];
    }
    Ok((refusal.status, refusal.errors))
}

/// The billing page again, or the page that says what was done.
pub(super) async fn outcome<T>(
    guest: &Guest,
    done: Result<T, AppError>,
    code: &str,
) -> Result<Response, Fault> {
    match done {
        Ok(_) => Ok(guest.go(&format!("/my/billing?done={code}"))),
        Err(error) => billing::again(guest, refused(error)?).await,
    }
}

async fn add(guest: Guest) -> Result<Response, Fault> {
    let (partner_id, tenant_id) = owner(&guest)?;
    let name = guest.fields.get("test_method").to_owned();
    let asking = guest.asking_once(&[&name])?;
    let work = async move |app: App| {
        app.add_test_method(&asking, partner_id, (Some(tenant_id), &name)).await
    };
    outcome(&guest, guest.portal.run(work).await, "method-added").await
}

/// The method with this id, if it is the tenant's.
async fn reached(guest: &Guest, id: &str) -> Result<SavedMethod, Fault> {
    let method_id: MethodId = id.parse().map_err(|_| Fault::Nowhere)?;
    Ok(guest.portal.app().own_method(owner(guest)?, method_id).await?)
}

async fn make_default(guest: Guest, Path(id): Path<String>) -> Result<Response, Fault> {
    let (partner_id, tenant_id) = owner(&guest)?;
    let method = reached(&guest, &id).await?;
    let asking = guest.asking()?;
    let seen: i64 = guest.fields.get("seen").parse().unwrap_or(-1);
    let work = async move |app: App| {
        app.noted(&asking, ("payment_method.default", Some(tenant_id)), async |app| {
            let done = app.make_default(partner_id, (method.method_id, seen)).await?;
            Ok(done.method_id.to_string())
        })
        .await
    };
    outcome(&guest, guest.portal.run(work).await, "saved").await
}

/// Asks once more before a method is removed.
#[derive(Debug, Clone)]
pub(in crate::portal) struct RemoveMethod {
    id: String,
    name: String,
    version: i64,
    is_default: Option<()>,
}

impl Page for RemoveMethod {
    fn title(&self) -> String {
        "Delete payment method".to_owned()
    }

    fn body(&self, frame: &Frame) -> Markup {
        let confirm = Confirm {
            question: &format!("Delete {}?", self.name),
            action: &format!("/my/methods/{}/remove", self.id),
            button: "Delete",
            back: "/my/billing",
            seen: Some(self.version),
        };
        confirm.render(
            frame,
            &html! {
                p { "It can no longer be charged. Past payments stay in your history." }
                @if self.is_default.is_some() {
                    p { "It is your default. " strong { "If it is your only method, auto-pay is "
                        "switched off" } ": add another one first to keep it on. If you have "
                        "others, make one of them the default first." }
                }
            },
            &Markup::default(),
        )
    }

    fn samples() -> Vec<Self> {
        let (id, name) = ("pm_00000000000000000000000001".to_owned(), "<b>Visa</b>".to_owned());
        vec![Self { id, name, version: 2, is_default: Some(()) }]
    }
}

async fn ask_remove(guest: Guest, Path(id): Path<String>) -> Result<Response, Fault> {
    let method = reached(&guest, &id).await?;
    let page = RemoveMethod {
        id: method.method_id.to_string(),
        name: name_of(&method),
        version: method.version,
        is_default: method.is_default.then_some(()),
    };
    Ok(shell::show(&guest, &page))
}

async fn remove(guest: Guest, Path(id): Path<String>) -> Result<Response, Fault> {
    let (partner_id, tenant_id) = owner(&guest)?;
    let method = reached(&guest, &id).await?;
    let asking = guest.asking()?;
    let seen: i64 = guest.fields.get("seen").parse().unwrap_or(-1);
    let work = async move |app: App| {
        app.noted(&asking, ("payment_method.delete", Some(tenant_id)), async |app| {
            let id = (method.method_id, seen);
            app.remove_method(partner_id, id, Removal::Confirmed).await?;
            Ok(method.method_id.to_string())
        })
        .await
    };
    outcome(&guest, guest.portal.run(work).await, "method-removed").await
}
