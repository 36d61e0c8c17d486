//! A tenant's billing page, in five sections: what it has subscribed to, what it used in this
//! period, how it pays, its invoices, its payments (TPO-02).
//!
//! Decided here: the newest invoices and payments stand here, all of them on pages of their own.
//! What this period comes to so far is the arithmetic of closing it now (TPO-04, TPO-05).

use app::{
    documents::{period, quantity},
    error::FieldError,
    invoices::{InvoiceFilter, InvoiceSort},
    methods::MethodFilter,
    refunds::HistoryFilter,
    setup::TenantEdit,
    tenant_side::{Owner, TenantAccount},
    test_methods::test_methods,
};
use axum::{
    Router,
    extract::RawQuery,
    http::StatusCode,
    response::Response,
    routing::{get, post},
};
use domain::{
    account::AutoPay,
    cycle::Every,
    invoice::line::Line,
    money::{Currency, grouped},
    paging::{MAX_LIMIT, PageRequest},
    profile::{Included, PricingModel},
    time::Timestamp,
    user::Ability,
};
use maud::{Markup, html};

use super::{
    invoices::{InvoiceRow, invoice_row, invoice_table},
    methods::{MethodRow, Methods, method_row},
    minutes, owner,
    payments::{PaymentRow, payment_row, payment_table},
};
use crate::portal::{
    Portal,
    guest::{Fault, Guest},
    parts::{
        Choice, Column, badge, card, definitions, empty_state, other_errors, page_head, table_of,
        tone_of,
    },
    shell::{self, Frame, Page, told},
};

/// Invoices and payments that stand here.
const NEWEST: u16 = 5;

pub(super) fn routes() -> Router<Portal> {
    Router::new().route("/my/billing", get(show)).route("/my/auto-pay", post(auto_pay))
}

/// Something that is counted.
#[derive(Debug, Clone)]
struct UsageRow {
    name: &'static str,
    used: String,
    /// What the fee covers; nothing where everything is charged.
    included: Option<String>,
}

/// A line of the invoice to be.
#[derive(Debug, Clone)]
struct LineRow {
    description: String,
    quantity: String,
    unit_price: String,
    amount: String,
}

/// The page.
#[derive(Debug, Clone)]
pub(in crate::portal) struct Billing {
    status: (&'static str, String),
    /// What is subscribed to: name and value.
    summary: Vec<(&'static str, String)>,
    usage: Vec<UsageRow>,
    /// What the period comes to so far; nothing in a trial.
    lines: Option<(Vec<LineRow>, String)>,
    methods: Methods,
    invoices: Vec<InvoiceRow>,
    payments: Vec<PaymentRow>,
    may_change: Option<()>,
    errors: Vec<FieldError>,
    notice: Option<&'static str>,
}

impl Page for Billing {
    fn title(&self) -> String {
        "Billing".to_owned()
    }

    fn body(&self, frame: &Frame) -> Markup {
        html! {
            (told(self.notice))
            (page_head("Billing", "", &Markup::default()))
            (other_errors(&self.errors, &["test_method"]))
            (self.subscription())
            (self.usage_so_far(frame))
            (self.methods.section(frame, (self.may_change, &self.errors)))
            (card(("invoices", "Invoices"), &Markup::default(), &html! {
                @if self.invoices.is_empty() {
                    (empty_state("No invoices yet", "The first one appears here when your \
                        period ends."))
                } @else {
                    (invoice_table(frame, &self.invoices, self.may_change))
                    footer { a href=(frame.path("/my/invoices")) { "All invoices" } }
                }
            }))
            (card(("payments", "Payment history"), &Markup::default(), &html! {
                @if self.payments.is_empty() {
                    (empty_state("No payments yet", "What you pay appears here."))
                } @else {
                    (payment_table(frame, &self.payments))
                    footer { a href=(frame.path("/my/payments")) { "All payments" } }
                }
            }))
            (contact(frame))
        }
    }

    fn samples() -> Vec<Self> {
        let line = LineRow {
            description: "Local calls above the 500 included minutes".to_owned(),
            quantity: "1,234.5 min".to_owned(),
            unit_price: "$0.025".to_owned(),
            amount: "$30.86".to_owned(),
        };
        let usage = UsageRow {
            name: "Minutes",
            used: "1,734.50".to_owned(),
            included: Some("500".to_owned()),
        };
        let full = Self {
            status: ("positive", "Active".to_owned()),
            summary: vec![
                ("Plan", "Office <b>Plus</b> & a name that goes on and on".to_owned()),
                ("Monthly fee", "$99.00".to_owned()),
            ],
            usage: vec![usage.clone(), UsageRow { included: None, ..usage }],
            lines: Some((vec![line.clone(), line], "$61.72".to_owned())),
            methods: Methods::sample(),
            invoices: vec![InvoiceRow::sample()],
            payments: vec![PaymentRow::sample()],
            may_change: Some(()),
            errors: Vec::new(),
            notice: Some("Saved."),
        };
        let errors = ["test_method", "other"].map(|field| FieldError {
            field: field.to_owned(),
            message: "is not what it should be".to_owned(),
        });
        let wrong = Self { errors: errors.into(), ..full.clone() };
        let none = Self {
            lines: None,
            methods: Methods::none(),
            invoices: Vec::new(),
            payments: Vec::new(),
            may_change: None,
            ..full.clone()
        };
        vec![full, wrong, none]
    }
}

impl Billing {
    fn subscription(&self) -> Markup {
        let (tone, text) = &self.status;
        let mut pairs: Vec<(&str, Markup)> =
            self.summary.iter().map(|(name, value)| (*name, html! { (value) })).collect();
        pairs.insert(1.min(pairs.len()), ("Status", badge(tone, text)));
        card(("summary", "Subscription summary"), &Markup::default(), &definitions(&pairs))
    }

    fn usage_so_far(&self, frame: &Frame) -> Markup {
        let columns = [Column::text(""), Column::amount("Used"), Column::amount("Included")];
        let columns = [Column::text("Counted"), columns[1], columns[2]];
        let lines = [
            Column::text("Charge"),
            Column::amount("Quantity"),
            Column::amount("Price"),
            Column::amount("Amount"),
        ];
        card(
            ("usage", "Usage this period"),
            &Markup::default(),
            &html! {
                (table_of((frame, "What was used in this period"), &columns, &html! {
                    @for row in &self.usage {
                        tr {
                            th scope="row" { (row.name) }
                            td.amount { (row.used) }
                            td.amount { (row.included.as_deref().unwrap_or("–")) }
                        }
                    }
                }))
                @match &self.lines {
                    Some((rows, total)) => {
                        h3.inner { "What it comes to so far" }
                        @if rows.is_empty() {
                            p.none { "Nothing was charged yet." }
                        } @else {
                            (table_of((frame, "What this period comes to so far"), &lines, &html! {
                                @for row in rows { (line(row)) }
                                tr.sum {
                                    th scope="row" colspan="3" { "Estimated total, before tax" }
                                    td.amount { strong { (total) } }
                                }
                            }))
                        }
                    }
                    None => { p.none { "You are not billed at the moment." } }
                }
            },
        )
    }
}

fn line(row: &LineRow) -> Markup {
    html! {
        tr {
            th scope="row" { (row.description) }
            td.amount { (row.quantity) }
            td.amount { (row.unit_price) }
            td.amount { (row.amount) }
        }
    }
}

/// Whom to ask about a charge (TPO-11).
pub(super) fn contact(frame: &Frame) -> Markup {
    html! {
        p.contact {
            "Questions about a charge? Please "
            @if frame.support.is_empty() { "contact your provider" } @else {
                "write to " a href={ "mailto:" (frame.support) } { (frame.support) }
            }
            " with the invoice number and the line in question, before you turn to your bank."
        }
    }
}

async fn show(guest: Guest, RawQuery(query): RawQuery) -> Result<Response, Fault> {
    let page = Billing { notice: super::notice(query.as_deref()), ..page(&guest).await? };
    Ok(shell::show(&guest, &page))
}

/// The page once more, with what was wrong.
pub(super) async fn again(
    guest: &Guest,
    (status, errors): (StatusCode, Vec<FieldError>),
) -> Result<Response, Fault> {
    let page = Billing { errors, ..page(guest).await? };
    Ok(shell::with_status(guest, status, &page))
}

async fn page(guest: &Guest) -> Result<Billing, Fault> {
    let owner = owner(guest)?;
    let app = guest.portal.app();
    let account = app.tenant_account(owner).await?;
    let (currency, zone, now) = (account.tenant.currency, &account.tenant.zone, app.clock.now());
    let newest = PageRequest::newest(NEWEST);
    let filter = InvoiceFilter { tenant_id: Some(owner.1), ..InvoiceFilter::default() };
    let invoices = app.invoice_page(owner.0, filter, (InvoiceSort::Issued, &newest)).await?;
    let filter = HistoryFilter { tenant_id: Some(owner.1), ..HistoryFilter::default() };
    let payments = app.payment_history(owner.0, filter, &newest).await?;
    Ok(Billing {
        status: status_of(&account),
        summary: summary(&account),
        usage: usage(&account),
        lines: account.bill.as_ref().map(|bill| {
            let rows = bill.lines.iter().map(|line| line_row(line, currency)).collect();
            (rows, currency.display(bill.subtotal))
        }),
        methods: methods_of(guest, (owner, &account), now).await?,
        invoices: invoices.rows.iter().map(invoice_row).collect(),
        payments: payments.rows.iter().map(|entry| payment_row(entry, zone)).collect(),
        may_change: guest.may(Ability::Change).then_some(()),
        errors: Vec::new(),
        notice: None,
    })
}

async fn methods_of(
    guest: &Guest,
    (owner, account): (Owner, &TenantAccount),
    now: Timestamp,
) -> Result<Methods, Fault> {
    let app = guest.portal.app();
    let filter = MethodFilter { owner: Some(owner.1), status: None };
    let found = app.payment_methods(owner.0, filter, &PageRequest::newest(MAX_LIMIT)).await?;
    let day = account.tenant.zone.day_of(now);
    let rows: Vec<MethodRow> = found.rows.iter().map(|method| method_row(method, day)).collect();
    let choices = test_methods(app).into_iter().map(|method| {
        let label = format!("{} •••• {} – {}", method.name, method.last_four, method.description);
        Choice::new(method.name, label)
    });
    Ok(Methods {
        rows,
        choices: choices.collect(),
        auto_pay: (account.tenant.auto_pay == AutoPay::On).then_some(()),
        seen: account.tenant.version,
        once: guest.once(),
    })
}

fn status_of(account: &TenantAccount) -> (&'static str, String) {
    let status = account.tenant.life.status().as_str();
    let mut text = status.to_owned();
    if let Some(first) = text.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    (tone_of(status), text)
}

fn summary(account: &TenantAccount) -> Vec<(&'static str, String)> {
    let (tenant, terms) = (&account.tenant, &account.terms);
    let money = |amount| tenant.currency.display(amount);
    let mut rows = vec![("Plan", terms.name.clone())];
    match terms.model {
        PricingModel::Payg => rows.push(("Billing model", "Pay as you go".to_owned())),
        PricingModel::FlatRate => {
            rows.push(("Billing model", "Flat rate".to_owned()));
            let name = if terms.every == Every::Month { "Monthly fee" } else { "Fee per period" };
            rows.push((name, money(terms.base_fee)));
        }
    }
    rows.push(("Current period", period(account.period, &tenant.zone)));
    if let Some(end) = tenant.open_end {
        rows.push(("Next invoice", tenant.zone.day_of(end).display_long()));
    }
    rows.push(("Due", money(account.due)));
    rows.push(("Prepaid balance", money(account.credit)));
    rows
}

fn usage(account: &TenantAccount) -> Vec<UsageRow> {
    let (terms, counts) = (&account.terms, &account.counts);
    let is_flat = terms.model == PricingModel::FlatRate;
    let included = |included: Included| {
        is_flat.then(|| match included {
            Included::UpTo(count) => grouped(&count.to_string()),
            Included::Unlimited => "Unlimited".to_owned(),
        })
    };
    let numbers = counts.local_dids.saturating_add(counts.toll_free_dids);
    vec![
        UsageRow {
            name: "Extensions",
            used: grouped(&counts.extensions.to_string()),
            included: included(terms.included_extensions_in_force()),
        },
        UsageRow {
            name: "Phone numbers",
            used: grouped(&numbers.to_string()),
            included: included(terms.included_dids_in_force()),
        },
        UsageRow {
            name: "Minutes",
            used: minutes(account.used_seconds),
            included: included(terms.included_minutes_in_force()),
        },
    ]
}

fn line_row(line: &Line, currency: Currency) -> LineRow {
    let facts = line.facts();
    LineRow {
        description: facts.description.clone(),
        quantity: quantity(facts.quantity, &facts.unit),
        unit_price: line.unit_price().map_or_else(String::new, |it| currency.display_rate(it)),
        amount: currency.display(line.amount()),
    }
}

/// Switches automatic payments on or off (TPO-09).
async fn auto_pay(guest: Guest) -> Result<Response, Fault> {
    let (partner_id, tenant_id) = owner(&guest)?;
    let asking = guest.asking()?;
    let seen: i64 = guest.fields.get("seen").parse().unwrap_or(-1);
    let wanted = match guest.fields.get("auto_pay") {
        "on" => AutoPay::On,
        "off" => AutoPay::Off,
        _ => return Err(Fault::Nowhere),
    };
    let work = async move |app: app::App| {
        let action = match wanted {
            AutoPay::On => "tenant.auto_pay_on",
            AutoPay::Off => "tenant.auto_pay_off",
        };
        app.noted(&asking, (action, Some(tenant_id)), async |app| {
            let edit = TenantEdit { auto_pay: Some(wanted), ..TenantEdit::default() };
            app.edit_tenant(partner_id, (tenant_id, seen), &edit).await?;
            Ok(tenant_id.to_string())
        })
        .await
    };
    super::methods::outcome(&guest, guest.portal.run(work).await, "saved").await
}
