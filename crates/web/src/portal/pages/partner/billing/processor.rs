//! The Tenant Billing tab: on whose account tenants pay, and what their statements say.

use app::{
    error::FieldError,
    processors::{ProcessorView, fee_of},
    resource,
    settlements::SettlementFilter,
    setup::PartnerEdit,
};
use axum::{extract::RawQuery, response::Response};
use domain::{
    paging::PageRequest,
    processor::{ConnectState, KeysState, ProcessorMode},
    settlement::SettlementStatus,
    user::Ability,
};
use maud::{Markup, html};

use super::{TENANTS, tab_bar};
use crate::{
    api::write::Outcome,
    portal::{
        change::Refusal,
        guest::{Fault, Guest},
        parts::{Field, alert, badge, card, definitions, hidden, other_errors, page_head},
        shell::{self, Frame, Page, told},
    },
};

/// A way of being paid, as its card shows it.
#[derive(Debug, Clone)]
struct Way {
    mode: &'static str,
    name: &'static str,
    text: &'static str,
    fee: String,
    is_chosen: Option<()>,
    can_choose: Option<()>,
}

/// The connected account.
#[derive(Debug, Clone)]
struct Connected {
    account: String,
    status: (&'static str, &'static str),
    charges: Option<()>,
    payouts: Option<()>,
    asks: Vec<String>,
}

/// The partner's own keys, as far as they are shown.
#[derive(Debug, Clone)]
struct Keys {
    masked: String,
    publishable: String,
    status: (&'static str, &'static str),
    is_test: Option<()>,
}

/// The tab.
#[derive(Debug, Clone)]
pub(in crate::portal) struct TenantBilling {
    ways: Vec<Way>,
    /// Where charges go now, where that is not what was chosen.
    meanwhile: Option<&'static str>,
    blocked: Option<String>,
    connected: Option<Connected>,
    keys: Option<Keys>,
    publishable: String,
    descriptor: String,
    seen: i64,
    statements: [String; 2],
    day: u8,
    due: Option<String>,
    may_change: Option<()>,
    errors: Vec<FieldError>,
    notice: Option<&'static str>,
}

impl Page for TenantBilling {
    fn title(&self) -> String {
        "Tenant billing".to_owned()
    }

    fn body(&self, frame: &Frame) -> Markup {
        let fields = ["secret_key", "publishable_key", "statement_descriptor"];
        html! {
            (told(self.notice))
            (page_head("Billing", "", &html! {}))
            (tab_bar(frame, TENANTS))
            (other_errors(&self.errors, &fields))
            @if let Some(why) = &self.blocked { (alert("negative", why)) }
            @if let Some(mode) = self.meanwhile {
                (alert("warning", &format!("Until your account is ready, payments go to: {mode}.")))
            }
            section aria-labelledby="ways" {
                h2 id="ways" { "How your tenants pay you" }
                div.stats { @for way in &self.ways { (self.way(frame, way)) } }
            }
            div.halves {
                (card(("connect", "Stripe Connect"), &html! {}, &self.connect(frame)))
                (card(("descriptor", "Statement descriptor"), &html! {}, &self.statement(frame)))
                (card(("settlements", "Settlements"), &html! {}, &self.settlements(frame)))
                (card(("keys", "Custom Stripe Keys"), &html! {}, &self.own_keys(frame)))
            }
        }
    }

    fn samples() -> Vec<Self> {
        let way = |mode, name| Way {
            mode,
            name,
            text: "Payments go to your own account.",
            fee: "3.99%".to_owned(),
            is_chosen: None,
            can_choose: Some(()),
        };
        let chosen = Way { is_chosen: Some(()), can_choose: None, ..way("platform", "Platform") };
        let errors = ["secret_key", "publishable_key", "statement_descriptor", ""];
        let errors = errors.map(|field| FieldError {
            field: field.to_owned(),
            message: "is <i>wrong</i>".to_owned(),
        });
        let full = Self {
            ways: vec![chosen, way("connect", "Stripe Connect"), way("custom_keys", "Own keys")],
            meanwhile: Some("the platform's account"),
            blocked: Some("the connected account is <b>restricted</b>".to_owned()),
            connected: Some(Connected {
                account: "acct_1<b>".to_owned(),
                status: ("positive", "Stripe Connect Active"),
                charges: Some(()),
                payouts: None,
                asks: vec!["external_account<b>".to_owned()],
            }),
            keys: Some(Keys {
                masked: "sk_test_…x9Q2".to_owned(),
                publishable: "pk_test_51".to_owned(),
                status: ("negative", "Refused by Stripe"),
                is_test: Some(()),
            }),
            publishable: "\"><script>".to_owned(),
            descriptor: "<b>OAK</b>".to_owned(),
            seen: 3,
            statements: ["PAY* OAK VOICE", "OAK VOICE"].map(str::to_owned),
            day: 15,
            due: Some("$960.10".to_owned()),
            may_change: Some(()),
            errors: errors.into(),
            notice: Some("Saved."),
        };
        let bare = Self {
            meanwhile: None,
            blocked: None,
            connected: None,
            keys: None,
            due: None,
            errors: Vec::new(),
            ..full.clone()
        };
        let looked_at = Self { may_change: None, ..full.clone() };
        vec![full, bare, looked_at]
    }
}

impl TenantBilling {
    fn way(&self, frame: &Frame, way: &Way) -> Markup {
        let path = format!("/settings/billing/tenants/mode?to={}", way.mode);
        html! {
            section.stat aria-label=(way.name) {
                h3 { (way.name)
                    @if way.is_chosen.is_some() { " " (badge("positive", "Chosen")) } }
                p { (way.text) }
                span.stat-note { "Application fee: " (way.fee) " of each payment" }
                @if self.may_change.is_some() && way.can_choose.is_some() {
                    a.button href=(frame.path(&path)) { "Choose" span.unseen { " " (way.name) } }
                }
            }
        }
    }

    fn connect(&self, frame: &Frame) -> Markup {
        let yes = |is: Option<()>| match is {
            Some(()) => badge("positive", "Enabled"),
            None => badge("warning", "Not enabled"),
        };
        let connect = |text: &str| {
            html! {
                form method="post" action=(frame.path("/settings/billing/tenants/connect")) {
                    (frame.seal())
                    button.primary type="submit" { (text) }
                }
            }
        };
        let refresh = frame.path("/settings/billing/tenants/refresh");
        html! {
            @if let Some(it) = &self.connected {
                (definitions(&[
                    ("Account", html! { (it.account) }),
                    ("Status", badge(it.status.0, it.status.1)),
                    ("Charges", yes(it.charges)),
                    ("Payouts", yes(it.payouts)),
                ]))
                @if !it.asks.is_empty() {
                    div.inside {
                        p { "Stripe still asks for:" }
                        ul { @for ask in &it.asks { li { code { (ask) } } } }
                    }
                }
            } @else {
                p { "Stripe opens its own form: business type, tax number, address, bank account. \
                    None of it is stored here." }
            }
            @if self.may_change.is_some() {
                div.inside.form-end {
                    @if self.connected.is_some() {
                        (connect("Continue at Stripe"))
                        form method="post" action=(refresh) {
                            (frame.seal())
                            button.button type="submit" { "Check again" }
                        }
                    } @else {
                        (connect("Connect with Stripe"))
                    }
                }
            }
        }
    }

    fn statement(&self, frame: &Frame) -> Markup {
        let [card, bank] = &self.statements;
        html! {
            div.inside {
                p { "What your tenants read on their statements. On a card: "
                    strong { (card) } ". On a bank account: " strong { (bank) } "." }
                @if self.may_change.is_some() {
                    form.broad method="post"
                        action=(frame.path("/settings/billing/tenants/descriptor")) {
                        (frame.seal())
                        (hidden("seen", self.seen))
                        (Field::text("statement_descriptor", "Statement descriptor")
                            .value(&self.descriptor).errors(&self.errors).optional()
                            .hint("5 to 22 letters, digits, spaces, dashes and ampersands, such \
                                as ACME PHONES").render())
                        button.primary type="submit" { "Save Descriptor" }
                    }
                }
            }
        }
    }

    fn settlements(&self, frame: &Frame) -> Markup {
        html! {
            div.inside {
                p { "What tenants paid on the platform's account is paid out to you, less the fee, "
                    "by the " (self.day) "th of the month after." }
                @match &self.due {
                    Some(due) => p { "Due now: " strong { (due) } "." },
                    None => p.quietly { "Nothing is due now." },
                }
                a.button href=(frame.path("/settings/billing/settlements")) { "All settlements" }
            }
        }
    }

    fn own_keys(&self, frame: &Frame) -> Markup {
        html! {
            @if let Some(keys) = &self.keys {
                (definitions(&[
                    ("Secret key", html! { code { (keys.masked) }
                        @if keys.is_test.is_some() { " " (badge("plain", "Test mode")) } }),
                    ("Publishable key", html! { code { (keys.publishable) } }),
                    ("Status", badge(keys.status.0, keys.status.1)),
                ]))
            }
            @if self.may_change.is_some() {
                details.inside open[!self.errors.is_empty()] {
                    summary { "Show Advanced Options" }
                    p { "Payments are made as you, on your own Stripe account, without an "
                        "application fee; the plan's fee may be higher. Keys are tried first and "
                        "kept sealed; the secret one is never shown again." }
                    form.broad method="post"
                        action=(frame.path("/settings/billing/tenants/keys")) {
                        (frame.seal())
                        (Field::password("secret_key", "Secret key").errors(&self.errors)
                            .hint("sk_live_… or sk_test_…").render())
                        (Field::text("publishable_key", "Publishable key")
                            .value(&self.publishable).errors(&self.errors)
                            .hint("pk_live_… or pk_test_…, of the same kind").render())
                        button.button type="submit" { "Save keys" }
                    }
                    @if self.keys.is_some() {
                        p { a href=(frame.path("/settings/billing/tenants/keys/remove")) {
                            "Remove the keys" } }
                    }
                }
            }
        }
    }
}

/// A mode's name, for people.
pub(super) const fn mode_name(mode: ProcessorMode) -> &'static str {
    match mode {
        ProcessorMode::Platform => "Platform",
        ProcessorMode::Connect => "Stripe Connect",
        ProcessorMode::CustomKeys => "Custom Keys",
    }
}

fn ways(view: &ProcessorView) -> Vec<Way> {
    let has_account =
        view.connected.as_ref().is_some_and(|it| !matches!(it.state, ConnectState::Disconnected));
    let has_keys = view.keys.as_ref().is_some_and(|it| it.state == KeysState::Active);
    let way = |mode, text, can_choose: bool| Way {
        mode: ProcessorMode::as_str(mode),
        name: mode_name(mode),
        text,
        fee: format!("{}%", percent(&fee_of(mode).decimal())),
        is_chosen: (view.processing.mode == mode).then_some(()),
        can_choose: (view.processing.mode != mode && can_choose).then_some(()),
    };
    vec![
        way(
            ProcessorMode::Platform,
            "Nothing to set up. Payments go to the platform's account and are paid out to you \
             monthly.",
            true,
        ),
        way(
            ProcessorMode::Connect,
            "Payments go to your own Stripe account, which Stripe pays out itself. Connect it \
             below first.",
            has_account,
        ),
        way(
            ProcessorMode::CustomKeys,
            "Payments are made with your own Stripe keys. Save them below first.",
            has_keys,
        ),
    ]
}

/// A decimal share as a percentage: `0.0399` as `3.99`.
fn percent(share: &str) -> String {
    domain::tax::TaxRate::parse(share)
        .map_or_else(|_| share.to_owned(), |rate| rate.percent().trim_end_matches('%').to_owned())
}

fn connected(view: &ProcessorView) -> Option<Connected> {
    let it = view.connected.as_ref()?;
    let status = match it.state {
        ConnectState::Active => ("positive", "Stripe Connect Active"),
        ConnectState::Pending => ("plain", "Under review"),
        ConnectState::Restricted => ("negative", "Restricted"),
        ConnectState::Disconnected => ("quiet", "Disconnected"),
    };
    Some(Connected {
        account: it.account.as_str().to_owned(),
        status,
        charges: it.charges_enabled.then_some(()),
        payouts: it.payouts_enabled.then_some(()),
        asks: it.currently_due.clone(),
    })
}

/// The tab as things stand.
pub(super) async fn page(guest: &Guest) -> Result<TenantBilling, Fault> {
    let (app, partner_id) = (guest.portal.app(), guest.partner_id()?);
    let view = app.processor(partner_id).await?;
    let partner = app.partner(partner_id).await?;
    let filter =
        SettlementFilter { partner_id: Some(partner_id), status: Some(SettlementStatus::Due) };
    let due = app.settlements(filter, &PageRequest::newest(1)).await?.rows;
    let active = view.processing.context.mode();
    let keys = view.keys.as_ref().map(|keys| {
        let shown = resource::CustomKeysView::from(keys);
        Keys {
            masked: shown.masked_key,
            publishable: shown.publishable_key,
            status: match keys.state {
                KeysState::Active => ("positive", "Active"),
                KeysState::Broken => ("negative", "Refused by Stripe"),
            },
            is_test: (!keys.is_live).then_some(()),
        }
    });
    Ok(TenantBilling {
        ways: ways(&view),
        meanwhile: (active != view.processing.mode).then_some(mode_name(active)),
        connected: connected(&view),
        keys,
        publishable: String::new(),
        descriptor: partner.brand.statement_descriptor,
        seen: partner.version,
        statements: view.shown,
        day: view.due_day.get(),
        due: due.first().map(|it| it.currency.display(it.net)),
        blocked: view.blocked,
        may_change: guest.may(Ability::Change).then_some(()),
        errors: Vec::new(),
        notice: None,
    })
}

pub(super) async fn show(guest: Guest, RawQuery(query): RawQuery) -> Result<Response, Fault> {
    let notice = shell::notice(query.as_deref());
    Ok(shell::show(&guest, &TenantBilling { notice, ..page(&guest).await? }))
}

/// The tab with why something was refused; texts that are no secrets are kept.
pub(super) async fn refused(guest: &Guest, refusal: Refusal) -> Result<Response, Fault> {
    let mut page = page(guest).await?;
    page.publishable = guest.fields.typed("publishable_key", 254);
    if guest.fields.has("statement_descriptor") {
        page.descriptor = guest.fields.typed("statement_descriptor", 254);
    }
    page.errors = refusal.errors;
    if refusal.is_stale.is_some() {
        let message = "Somebody else changed this meanwhile. Look at it, then save again.";
        page.errors.push(FieldError { field: String::new(), message: message.to_owned() });
    }
    Ok(shell::with_status(guest, refusal.status, &page))
}

pub(super) async fn descriptor(guest: Guest) -> Result<Response, Fault> {
    let partner_id = guest.partner_id()?;
    let text = guest.fields.get("statement_descriptor").trim().to_owned();
    let seen: i64 = guest.fields.get("seen").parse().unwrap_or(-1);
    let done = guest.write(async move |app| {
        let before = resource::Partner::from(&app.partner(partner_id).await?);
        let edit =
            PartnerEdit { statement_descriptor: Some(text.clone()), ..PartnerEdit::default() };
        let partner = app.edit_partner((partner_id, seen), &edit).await?;
        let outcome = Outcome::ok(&resource::Partner::from(&partner))?;
        outcome.audited("partner.edit", partner_id, Some(&before))
    });
    match done.await? {
        Ok(()) => Ok(guest.go(&format!("{TENANTS}?done=saved"))),
        Err(error) => {
            let mut refusal = Refusal::of(error)?;
            for error in &mut refusal.errors {
                if error.field == "brand.statement_descriptor" {
                    "statement_descriptor".clone_into(&mut error.field);
                }
            }
            refused(&guest, refusal).await
        }
    }
}
