//! The Payment Methods tab: the partner's cards and accounts, and how its wallet fills itself.
//!
//! Decided here: card data never comes here (PMT-02). In the sandbox a test method is saved by its
//! name; elsewhere the payment processor's own form takes the card.

use app::{
    App,
    error::{AppError, FieldError},
    methods::{Confirmation, MethodFilter, NewMethod, Removal},
    platform::RechargeEdit,
    resource,
    test_methods::test_methods,
};
use axum::{
    extract::{Path, RawQuery},
    response::Response,
};
use domain::{
    ids::MethodId,
    money::Micros,
    paging::PageRequest,
    processor::{MethodKind, MethodStatus, SavedMethod},
    time::{Day, Zone},
    user::Ability,
    wallet::RechargeState,
};
use maud::{Markup, html};

use super::{METHODS, tab_bar};
use crate::{
    api::write::Outcome,
    portal::{
        change::Refusal,
        guest::{Fault, Guest},
        parts::{
            Choice, Column, Confirm, Field, badge, card, empty_state, hidden, other_errors,
            page_head, select_field, table_of, tick,
        },
        shell::{self, Frame, Page, told},
    },
};

/// Methods that are shown; a partner has a handful.
const SHOWN: u16 = 100;

/// A method as the tab shows it.
#[derive(Debug, Clone)]
struct Row {
    id: String,
    seen: i64,
    name: String,
    expires: String,
    status: (&'static str, &'static str),
    is_default: Option<()>,
    can_be_default: Option<()>,
}

impl Row {
    fn of(method: &SavedMethod, today: Day) -> Self {
        let status = match method.status {
            _ if method.is_expired(today) => ("negative", "Expired"),
            MethodStatus::Active => ("positive", "Active"),
            MethodStatus::PendingVerification => ("plain", "Waits for verification"),
            MethodStatus::NeedsReentry => ("warning", "Enter again"),
            MethodStatus::Removed => ("quiet", "Removed"),
        };
        let kind = match method.kind {
            MethodKind::Card => "card",
            MethodKind::BankAccount => "bank account",
        };
        let expires =
            method.expires.map_or("—".to_owned(), |(month, year)| format!("{month:02}/{year}"));
        let can_be = !method.is_default && method.status == MethodStatus::Active;
        Self {
            id: method.method_id.to_string(),
            seen: method.version,
            name: format!("{} {kind} ending in {}", method.brand, method.last_four),
            expires,
            status,
            is_default: method.is_default.then_some(()),
            can_be_default: can_be.then_some(()),
        }
    }
}

/// What is typed about auto-recharge.
#[derive(Debug, Clone, Default)]
struct Recharge {
    seen: i64,
    enabled: Option<()>,
    threshold: String,
    amount: String,
    last: Option<String>,
}

/// The tab.
#[derive(Debug, Clone)]
pub(in crate::portal) struct Methods {
    rows: Vec<Row>,
    tests: Vec<Choice>,
    test: String,
    recharge: Recharge,
    sign: &'static str,
    may_change: Option<()>,
    errors: Vec<FieldError>,
    notice: Option<&'static str>,
}

impl Page for Methods {
    fn title(&self) -> String {
        "Payment methods".to_owned()
    }

    fn body(&self, frame: &Frame) -> Markup {
        html! {
            (told(self.notice))
            (page_head("Billing", "", &html! {}))
            (tab_bar(frame, METHODS))
            (other_errors(&self.errors, &["test_method", "threshold", "amount"]))
            (card(("methods", "Payment methods"), &html! {}, &self.table(frame)))
            @if self.may_change.is_some() {
                (card(("add", "Add Payment Method"), &html! {}, &self.add(frame)))
            }
            (card(("recharge", "Auto-recharge"), &html! {}, &self.recharge(frame)))
        }
    }

    fn samples() -> Vec<Self> {
        let row = Row {
            id: "pm_00000000000000000000000001".to_owned(),
            seen: 2,
            name: "<b>visa</b> card ending in 4242".to_owned(),
            expires: "12/2034".to_owned(),
            status: ("positive", "Active"),
            is_default: Some(()),
            can_be_default: None,
        };
        let other = Row { is_default: None, can_be_default: Some(()), ..row.clone() };
        let recharge = Recharge {
            seen: 3,
            enabled: Some(()),
            threshold: "<b>".to_owned(),
            amount: "200.00".to_owned(),
            last: Some("Nov 24, 2026, 18:05".to_owned()),
        };
        let errors = ["", "test_method", "threshold", "amount"].map(|field| FieldError {
            field: field.to_owned(),
            message: "is <i>wrong</i>".to_owned(),
        });
        let full = Self {
            rows: vec![row, other],
            tests: vec![Choice::new("visa", "<b>Visa</b>")],
            test: "visa".to_owned(),
            recharge,
            sign: "USD",
            may_change: Some(()),
            errors: errors.into(),
            notice: Some("Saved."),
        };
        let looked_at = Self { rows: Vec::new(), may_change: None, ..full.clone() };
        let elsewhere = Self { tests: Vec::new(), errors: Vec::new(), ..full.clone() };
        vec![full, looked_at, elsewhere]
    }
}

impl Methods {
    fn table(&self, frame: &Frame) -> Markup {
        const COLUMNS: &[Column] = &[
            Column::text("Method"),
            Column::text("Expires"),
            Column::text("Status"),
            Column::actions(),
        ];
        html! {
            @if self.rows.is_empty() {
                (empty_state("No payment method",
                    "Your plan's fee and top-ups are charged to your default method. Add a card \
                     or a bank account."))
            } @else {
                (table_of((frame, "Payment methods"), COLUMNS, &html! {
                    @for row in &self.rows {
                        tr {
                            th.wrap scope="row" {
                                (row.name)
                                @if row.is_default.is_some() { " " (badge("plain", "Default")) }
                            }
                            td { (row.expires) }
                            td { (badge(row.status.0, row.status.1)) }
                            td.actions {
                                @if self.may_change.is_some() { (actions(frame, row)) }
                            }
                        }
                    }
                }))
            }
        }
    }

    fn add(&self, frame: &Frame) -> Markup {
        html! {
            div.inside {
                @if self.tests.is_empty() {
                    p { "Cards and bank accounts are entered in the payment processor's own form, "
                        "never here. Begin it with a program: "
                        code { "POST /v1/payment-methods" } " answers what that form needs." }
                } @else {
                    p { "Payments are a sandbox's: no money moves. Choose a test method by what "
                        "becomes of it." }
                    form.broad method="post" action=(frame.path(METHODS)) {
                        (frame.seal())
                        (select_field(("test_method", "Test method", ""), &self.tests, &self.test,
                            &self.errors))
                        button.primary type="submit" { "Add Payment Method" }
                    }
                }
            }
        }
    }

    fn recharge(&self, frame: &Frame) -> Markup {
        let it = &self.recharge;
        html! {
            div.inside {
                p { "When the balance falls below a level, your default method is charged and the "
                    "wallet filled: at most once an hour. A declined recharge switches this off "
                    "and is mailed to your billing address." }
                @if let Some(last) = &it.last { p.quietly { "Last attempt: " (last) "." } }
                form.broad method="post" action=(frame.path("/settings/billing/auto-recharge")) {
                    (frame.seal())
                    (hidden("seen", it.seen))
                    (tick(("enabled", "Fill the wallet by itself", ""), it.enabled))
                    (Field::amount("threshold", "When the balance falls below", self.sign)
                        .value(&it.threshold).errors(&self.errors).optional()
                        .hint("50 suits small operations; 500 or more larger ones").render())
                    (Field::amount("amount", "Charge", self.sign).value(&it.amount)
                        .errors(&self.errors).optional()
                        .hint("Four to six weeks of your typical use").render())
                    @if self.may_change.is_some() {
                        button.primary type="submit" { "Save" }
                    } @else {
                        p.quietly { "Only an administrator can change this." }
                    }
                }
            }
        }
    }
}

fn actions(frame: &Frame, row: &Row) -> Markup {
    let path = format!("{METHODS}/{}", row.id);
    html! {
        @if row.can_be_default.is_some() {
            form method="post" action=(frame.path(&format!("{path}/default"))) {
                (frame.seal())
                (hidden("seen", row.seen))
                button.button.small type="submit" {
                    "Set as Default" span.unseen { ": " (row.name) }
                }
            }
        }
        a.button.small href=(frame.path(&format!("{path}/remove"))) {
            "Delete" span.unseen { " " (row.name) }
        }
    }
}

/// Asks once more before a method goes.
#[derive(Debug)]
pub(in crate::portal) struct Remove {
    row: Row,
    errors: Vec<FieldError>,
}

impl Page for Remove {
    fn title(&self) -> String {
        "Delete payment method".to_owned()
    }

    fn body(&self, frame: &Frame) -> Markup {
        let confirm = Confirm {
            question: &format!("Delete {}?", self.row.name),
            action: &format!("{METHODS}/{}/remove", self.row.id),
            button: "Delete Payment Method",
            back: METHODS,
            seen: Some(self.row.seen),
        };
        let effects = html! {
            (other_errors(&self.errors, &[]))
            p { "It is not charged any more." }
            @if self.row.is_default.is_some() {
                p { "It is your default. Where it is the only one, auto-recharge goes off and "
                    "nothing can be charged until you add another." }
            }
        };
        confirm.render(frame, &effects, &html! {})
    }

    fn samples() -> Vec<Self> {
        let row = Row {
            id: "pm_00000000000000000000000001".to_owned(),
            seen: 2,
            name: "<b>visa</b> card ending in 4242".to_owned(),
            expires: String::new(),
            status: ("positive", "Active"),
            is_default: Some(()),
            can_be_default: None,
        };
        let error = FieldError { field: String::new(), message: "It is the default.".to_owned() };
        vec![Self { row, errors: vec![error] }]
    }
}

async fn page(guest: &Guest) -> Result<Methods, Fault> {
    let (app, partner_id) = (guest.portal.app(), guest.partner_id()?);
    let filter = MethodFilter { owner: None, status: None };
    let newest = PageRequest::newest(SHOWN);
    let methods = app.payment_methods(partner_id, filter, &newest).await?.rows;
    let today = Zone::UTC.day_of(app.clock.now());
    let kept = app.auto_recharge(partner_id).await?;
    let currency = app.partner(partner_id).await?.currency;
    let zone = guest.zone()?;
    let recharge = kept.watch.recharge;
    let tests = test_methods(app).into_iter();
    let tests =
        tests.map(|it| Choice::new(it.name, format!("•••• {}: {}", it.last_four, it.description)));
    Ok(Methods {
        rows: methods.iter().map(|method| Row::of(method, today)).collect(),
        tests: tests.collect(),
        test: String::new(),
        recharge: Recharge {
            seen: kept.version,
            enabled: (recharge.state == RechargeState::On).then_some(()),
            threshold: recharge.threshold.map_or(String::new(), |it| it.to_string()),
            amount: recharge.amount.map_or(String::new(), |it| currency.decimal(it)),
            last: kept.watch.attempted_at.map(|at| zone.display_minute(at)),
        },
        sign: currency.code(),
        may_change: guest.may(Ability::Change).then_some(()),
        errors: Vec::new(),
        notice: None,
    })
}

pub(super) async fn show(guest: Guest, RawQuery(query): RawQuery) -> Result<Response, Fault> {
    let notice = shell::notice(query.as_deref());
    Ok(shell::show(&guest, &Methods { notice, ..page(&guest).await? }))
}

async fn refused(guest: &Guest, page: Methods, refusal: Refusal) -> Result<Response, Fault> {
    let mut errors = refusal.errors;
    if refusal.is_stale.is_some() {
        let message = "Somebody else changed this meanwhile. Look at it, then save again.";
        errors.push(FieldError { field: String::new(), message: message.to_owned() });
    }
    Ok(shell::with_status(guest, refusal.status, &Methods { errors, ..page }))
}

pub(super) async fn add(guest: Guest) -> Result<Response, Fault> {
    let partner_id = guest.partner_id()?;
    let name = guest.fields.typed("test_method", 60);
    let is_bank = name.starts_with("bank");
    let kind = if is_bank { MethodKind::BankAccount } else { MethodKind::Card };
    let asking = guest.asking()?;
    let test = name.clone();
    let run = async move |app: App| {
        if test_methods(&app).iter().all(|it| it.name != test) {
            return Err(AppError::invalid("test_method", "must be one of the choices"));
        }
        let setup_id = app.begin_setup(partner_id, NewMethod { owner: None, kind }).await?;
        let confirmation = Confirmation::TestMethod(test);
        let view = app.confirm_setup(partner_id, setup_id, &confirmation).await?;
        if let Some(why) = view.setup.failure {
            return Err(AppError::invalid("test_method", format!("was not taken: {why}")));
        }
        let change = app::requests::Change {
            action: "payment_method.create",
            tenant_id: None,
            object_id: setup_id.to_string(),
            before: None,
            after: None,
        };
        app.note_change(&asking, &change).await
    };
    match guest.portal.run(run).await {
        Ok(()) => Ok(guest.go(&format!("{METHODS}?done=method-added"))),
        Err(error) => {
            let page = Methods { test: name, ..page(&guest).await? };
            refused(&guest, page, Refusal::of(error)?).await
        }
    }
}

async fn reached(guest: &Guest, id: &str) -> Result<SavedMethod, Fault> {
    let method_id: MethodId = id.parse().map_err(|_| Fault::Nowhere)?;
    let method = guest.portal.app().payment_method(guest.partner_id()?, method_id).await?;
    // Tenants' methods are looked after elsewhere.
    if method.tenant_id.is_none() { Ok(method) } else { Err(Fault::Nowhere) }
}

fn seen(guest: &Guest) -> i64 {
    guest.fields.get("seen").parse().unwrap_or(-1)
}

pub(super) async fn make_default(guest: Guest, Path(id): Path<String>) -> Result<Response, Fault> {
    let method = reached(&guest, &id).await?;
    let (partner_id, now) = (guest.partner_id()?, guest.portal.app().clock.now());
    let place = (method.method_id, seen(&guest));
    let done = guest.write(async move |app| {
        let before = resource::PaymentMethod::of(&method, now);
        let method = app.make_default(partner_id, place).await?;
        let outcome = Outcome::ok(&resource::PaymentMethod::of(&method, now))?;
        outcome.audited("payment_method.default", method.method_id, Some(&before))
    });
    match done.await? {
        Ok(()) => Ok(guest.go(&format!("{METHODS}?done=saved"))),
        Err(error) => refused(&guest, page(&guest).await?, Refusal::of(error)?).await,
    }
}

pub(super) async fn ask_remove(guest: Guest, Path(id): Path<String>) -> Result<Response, Fault> {
    let method = reached(&guest, &id).await?;
    let today = Zone::UTC.day_of(guest.portal.app().clock.now());
    Ok(shell::show(&guest, &Remove { row: Row::of(&method, today), errors: Vec::new() }))
}

pub(super) async fn remove(guest: Guest, Path(id): Path<String>) -> Result<Response, Fault> {
    let method = reached(&guest, &id).await?;
    let (partner_id, now) = (guest.partner_id()?, guest.portal.app().clock.now());
    let row = Row::of(&method, Zone::UTC.day_of(now));
    let place = (method.method_id, seen(&guest));
    let before = resource::PaymentMethod::of(&method, now);
    let done = guest.write(async move |app| {
        app.remove_method(partner_id, place, Removal::Confirmed).await?;
        Outcome::gone().audited("payment_method.delete", place.0, Some(&before))
    });
    match done.await? {
        Ok(()) => Ok(guest.go(&format!("{METHODS}?done=method-removed"))),
        Err(error) => {
            let Refusal { status, mut errors, is_stale } = Refusal::of(error)?;
            if is_stale.is_some() {
                let message = "It was changed meanwhile. Look at it again.".to_owned();
                errors.push(FieldError { field: String::new(), message });
            }
            Ok(shell::with_status(&guest, status, &Remove { row, errors }))
        }
    }
}

pub(super) async fn recharge(guest: Guest) -> Result<Response, Fault> {
    let partner_id = guest.partner_id()?;
    let currency = guest.portal.app().partner(partner_id).await?.currency;
    let typed = |name: &str| guest.fields.typed(name, 24).trim().to_owned();
    let (threshold, amount) = (typed("threshold"), typed("amount"));
    let enabled = guest.fields.has("enabled").then_some(());
    let seen = seen(&guest);
    let mut errors = Vec::new();
    let mut wrong = |field: &str, error: &dyn ToString| {
        errors.push(FieldError { field: field.to_owned(), message: error.to_string() });
    };
    let given = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    let below = given(&threshold).map(|text| Micros::parse(&text)).transpose();
    let below = below.map_err(|error| wrong("threshold", &error)).ok().flatten();
    let with = given(&amount).map(|text| currency.parse_minor(&text)).transpose();
    let with = with.map_err(|error| wrong("amount", &error)).ok().flatten();
    let refusal = if errors.is_empty() {
        let state = if enabled.is_some() { RechargeState::On } else { RechargeState::Off };
        let edit = RechargeEdit { state: Some(state), threshold: below, amount: with };
        let done = guest.write(async move |app| {
            let kept = app.set_auto_recharge(partner_id, &edit, seen).await?;
            let shown = serde_json::json!({
                "enabled": kept.watch.recharge.state == RechargeState::On,
                "threshold": kept.watch.recharge.threshold.map(|it| it.to_string()),
                "amount": kept.watch.recharge.amount.map(|it| currency.decimal(it)),
            });
            Outcome::ok(&shown)?.audited("wallet.set_auto_recharge", partner_id, None::<&()>)
        });
        match done.await? {
            Ok(()) => return Ok(guest.go(&format!("{METHODS}?done=saved"))),
            Err(error) => Refusal::of(error)?,
        }
    } else {
        let status = axum::http::StatusCode::UNPROCESSABLE_ENTITY;
        Refusal { status, errors, is_stale: None }
    };
    let mut page = page(&guest).await?;
    page.recharge = Recharge { enabled, threshold, amount, ..page.recharge };
    refused(&guest, page, refusal).await
}
