//! The History tab: every credit and debit of the wallet, and what was invoiced for the plan.

use app::{
    invoices::{WalletEntry, WalletFilter},
    platform::SubscriptionInvoice,
};
use axum::{extract::RawQuery, response::Response};
use domain::{
    ledger::TransferKind,
    money::Currency,
    paging::{Key, Order, PageRequest},
    time::{Day, Zone},
};
use maud::{Markup, html};

use super::{HISTORY, invoices::Row as InvoiceRow, tab_bar};
use crate::{
    api::routes::wallet::csv as file,
    portal::{
        guest::{Fault, Guest},
        listing::{Kind, Listing, Sortable},
        parts::{
            Choice, Column, Field, card, empty_state, filter_bar, money, page_head, pager,
            select_field, table,
        },
        shell::{self, Frame, Page},
    },
};

const KIND: Kind = Kind {
    filters: &["kind", "from", "to"],
    sorts: &[Sortable::by_number("seq")],
    order: Order::Descending,
};
/// Subscription invoices that the tab shows.
const INVOICES: u16 = 6;

/// What a wallet's entries may be for (WAL-17, WAL-18), with names for people.
const KINDS: [(TransferKind, &str); 10] = [
    (TransferKind::TopUp, "Top-up"),
    (TransferKind::InitialCredit, "Initial credit"),
    (TransferKind::MonthlyDid, "Monthly DID"),
    (TransferKind::MonthlyExtension, "Monthly extension"),
    (TransferKind::DidSetup, "DID setup"),
    (TransferKind::UsageLocal, "Local usage"),
    (TransferKind::UsageTollFree, "Toll-free usage"),
    (TransferKind::Refund, "Refund"),
    (TransferKind::ManualAdjustment, "Manual adjustment"),
    (TransferKind::PhantomFee, "Phantom fee"),
];

fn kind_name(kind: TransferKind) -> &'static str {
    let known = KINDS.iter().find(|(it, _)| *it == kind);
    known.map_or(kind.as_str(), |(_, name)| name)
}

/// An entry as the page shows it.
#[derive(Debug, Clone)]
struct Row {
    at: String,
    kind: &'static str,
    tenant: String,
    description: String,
    reference: String,
    amount: String,
    balance: String,
}

/// The tab.
#[derive(Debug)]
pub(in crate::portal) struct History {
    balance: String,
    rows: Vec<Row>,
    listing: Listing,
    invoices: Vec<InvoiceRow>,
}

impl Page for History {
    fn title(&self) -> String {
        "Billing history".to_owned()
    }

    fn body(&self, frame: &Frame) -> Markup {
        let kinds = std::iter::once(Choice::new("", "All"));
        let kinds = kinds.chain(KINDS.iter().map(|(kind, name)| Choice::new(kind.as_str(), *name)));
        let kinds: Vec<Choice> = kinds.collect();
        let export = format!("/settings/billing/history.csv{}", self.listing.query());
        let actions = html! { a.button href=(frame.path(&export)) { "Export CSV" } };
        html! {
            (page_head("Billing", &format!("The wallet holds {}.", self.balance), &actions))
            (tab_bar(frame, HISTORY))
            (filter_bar(frame, &self.listing, &html! {
                (select_field(("kind", "Type", ""), &kinds, self.listing.filter("kind"), &[]))
                (Field::day("from", "From").value(self.listing.filter("from")).optional().render())
                (Field::day("to", "To").value(self.listing.filter("to")).optional().render())
            }))
            section.card aria-label="Wallet transactions" {
                @if self.rows.is_empty() {
                    (empty_state("Nothing here", if self.listing.is_filtered() {
                        "No transaction meets all of this. Choose another type or other days."
                    } else {
                        "Top-ups, monthly charges and usage appear here as they happen."
                    }))
                } @else {
                    (table((frame, "Wallet transactions"), COLUMNS, &self.listing, &self.lines()))
                    (pager(frame, &self.listing))
                }
            }
            (card(("invoices", "Subscription invoices"), &html! {
                a.button.small href=(frame.path("/settings/billing/invoices")) { "All of them" }
            }, &InvoiceRow::table(frame, &self.invoices)))
        }
    }

    fn samples() -> Vec<Self> {
        let row = Row {
            at: "Nov 24, 2026, 18:05".to_owned(),
            kind: "Manual adjustment",
            tenant: "<b>ACME</b> Dental and everybody who works there, for ever and ever"
                .to_owned(),
            description: "<script>alert(1)</script>".to_owned(),
            reference: "adjustment 1".to_owned(),
            amount: "-$1,234.567891".to_owned(),
            balance: "-$9.00".to_owned(),
        };
        let full = Self {
            balance: "-$9.00".to_owned(),
            rows: vec![row],
            listing: Listing::read(HISTORY, Some("kind=top_up&from=2026-01-01"), KIND),
            invoices: vec![InvoiceRow::sample()],
        };
        let none = Self {
            rows: Vec::new(),
            listing: Listing::read(HISTORY, None, KIND),
            invoices: Vec::new(),
            balance: "$0.00".to_owned(),
        };
        vec![full, none]
    }
}

const COLUMNS: &[Column] = &[
    Column::text("Date").sorted("seq"),
    Column::text("Type"),
    Column::text("Tenant"),
    Column::text("Description"),
    Column::text("Reference"),
    Column::amount("Amount"),
    Column::amount("Balance after"),
];

impl History {
    fn lines(&self) -> Markup {
        html! {
            @for row in &self.rows {
                tr {
                    td { (row.at) }
                    td { (row.kind) }
                    td.wrap { (row.tenant) }
                    td.wrap { (row.description) }
                    td { (row.reference) }
                    td.amount { (money(&row.amount)) }
                    td.amount { (money(&row.balance)) }
                }
            }
        }
    }
}

/// What the address filters by; a day that is none is left out.
fn filter(listing: &Listing, zone: &Zone) -> WalletFilter {
    let day = |name| Day::parse(listing.filter(name)).ok();
    WalletFilter {
        kind: TransferKind::parse(listing.filter("kind")),
        tenant_id: None,
        after_seq: None,
        since: day("from").map(|day| zone.start_of(day)),
        // The last day is part of it.
        until: day("to").map(|day| zone.start_of(day.plus_days(1))),
    }
}

fn row((entry, name): (WalletEntry, Option<String>), currency: Currency, zone: &Zone) -> Row {
    let nanos = |micros: domain::money::Micros| {
        let nanos = micros.get().saturating_mul(1_000);
        currency.display_rate(domain::money::Nanos::new(nanos))
    };
    Row {
        at: zone.display_minute(entry.at),
        kind: kind_name(entry.kind),
        tenant: name.unwrap_or_default(),
        description: entry.description,
        reference: format!("{} {}", entry.source.0, entry.source.1),
        amount: nanos(entry.amount),
        balance: nanos(entry.balance_after),
    }
}

pub(super) async fn show(guest: Guest, RawQuery(query): RawQuery) -> Result<Response, Fault> {
    let (app, partner_id) = (guest.portal.app(), guest.partner_id()?);
    let listing = Listing::read(HISTORY, query.as_deref(), KIND);
    let request = listing.request();
    let zone = guest.zone()?;
    let page = app.wallet_entries(partner_id, filter(&listing, zone), &request).await?;
    let wallet = app.wallet(partner_id).await?;
    let tenants = page.rows.iter().filter_map(|entry| entry.tenant_id).collect();
    let names = app.names_of(partner_id, tenants).await?;
    let place = |entry: &WalletEntry| (Some(Key::Int(entry.seq)), entry.line_text());
    let (rows, listing) = listing.page((page, &request), place, |entry| {
        let name = entry.tenant_id.and_then(|id| names.get(&id).cloned());
        row((entry, name), wallet.currency, zone)
    });
    let newest = PageRequest::newest(INVOICES);
    let invoices = app.subscription_invoices(partner_id, &newest).await?;
    let show = |it: SubscriptionInvoice| InvoiceRow::of(&it, zone);
    let invoices = invoices.rows.into_iter().map(show).collect();
    let balance = wallet.currency.display(wallet.currency.round_micros(wallet.balance));
    Ok(shell::show(&guest, &History { balance, rows, listing, invoices }))
}

pub(super) async fn csv(guest: Guest, RawQuery(query): RawQuery) -> Result<Response, Fault> {
    let listing = Listing::read(HISTORY, query.as_deref(), KIND);
    let filter = filter(&listing, guest.zone()?);
    Ok(file(guest.portal.app().clone(), guest.partner_id()?, filter))
}
