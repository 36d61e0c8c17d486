//! A partner's wallet: what it holds, what moved it, and moves by the operator's hand.
//!
//! Decided here: a move is booked once for its form, under a reference that the form carries or
//! somebody typed; it needs a reason (WAL-21).

use app::{
    error::FieldError,
    invoices::{WalletEntry, WalletFilter},
    setup::{WalletMove, WalletMoveKind},
};
use axum::{
    Router,
    extract::{Path, RawQuery},
    http::StatusCode,
    response::Response,
    routing::get,
};
use domain::{
    money::{Currency, Micros},
    paging::{Key, Order},
    time::Zone,
    user::Ability,
};
use maud::{Markup, html};

use super::{micros, minute, partner::parts_of, partner_id, partners::name_of, word};
use crate::portal::{
    Portal,
    guest::{Fault, Guest},
    listing::{Kind, Listing, Sortable},
    parts::{
        Column, Field, card, empty_state, other_errors, page_head, pager, select, stat, stats,
        table,
    },
    shell::{self, Frame, Page, told},
};

const KIND: Kind =
    Kind { filters: &[], sorts: &[Sortable::by_number("booked")], order: Order::Descending };

pub(super) fn routes() -> Router<Portal> {
    Router::new().route("/partners/{id}/wallet", get(show).post(adjust))
}

/// A credit or debit.
#[derive(Debug, Clone)]
struct Row {
    at: String,
    kind: String,
    description: String,
    amount: String,
    balance: String,
}

/// The page.
#[derive(Debug, Clone)]
pub(in crate::portal) struct WalletPage {
    id: String,
    name: String,
    balance: String,
    pending: String,
    sign: String,
    rows: Vec<Row>,
    listing: Listing,
    may_change: Option<()>,
    kind: String,
    amount: String,
    reason: String,
    reference: String,
    errors: Vec<FieldError>,
    notice: Option<&'static str>,
}

impl Page for WalletPage {
    fn title(&self) -> String {
        format!("Wallet of {}", self.name)
    }

    fn body(&self, frame: &Frame) -> Markup {
        let columns = [
            Column::text("Booked").sorted("booked"),
            Column::text("What"),
            Column::text("Description"),
            Column::amount("Amount"),
            Column::amount("Balance"),
        ];
        html! {
            (parts_of(frame, &self.id, "/wallet"))
            (told(self.notice))
            (page_head(&self.name, "Its wallet with you.", &Markup::default()))
            (other_errors(&self.errors, &["amount", "reason", "reference"]))
            (stats("Wallet", &html! {
                (stat(frame, ("Balance", &self.balance), None))
                (stat(frame, ("On its way", &self.pending), None))
            }))
            @if self.may_change.is_some() { (self.form(frame)) }
            (card(("entries", "Credits and debits"), &Markup::default(), &html! {
                @if self.rows.is_empty() {
                    (empty_state("Nothing moved yet", "Top-ups and charges appear here."))
                } @else {
                    (table((frame, "Credits and debits"), &columns, &self.listing, &html! {
                        @for row in &self.rows { (tr(row)) }
                    }))
                }
                (pager(frame, &self.listing))
            }))
        }
    }

    fn samples() -> Vec<Self> {
        let row = Row {
            at: "Nov 24, 2026, 18:05".to_owned(),
            kind: "Manual adjustment".to_owned(),
            description: "Goodwill <script>alert(1)</script>".to_owned(),
            amount: "-$3.00".to_owned(),
            balance: "$1,234,567.89".to_owned(),
        };
        let full = Self {
            id: "ptr_1".to_owned(),
            name: "Oak <b>Voice</b>".to_owned(),
            balance: "$1,234,567.89".to_owned(),
            pending: "$0.00".to_owned(),
            sign: "USD".to_owned(),
            rows: vec![row],
            listing: Listing::read("/partners/ptr_1/wallet", None, KIND),
            may_change: Some(()),
            kind: "top_up".to_owned(),
            amount: "\"><script>".to_owned(),
            reason: "<b>".to_owned(),
            reference: "req_1".to_owned(),
            errors: Vec::new(),
            notice: Some("Saved."),
        };
        let errors = ["amount", "reason", "reference", "other"].map(|field| FieldError {
            field: field.to_owned(),
            message: "is not what it should be".to_owned(),
        });
        let wrong = Self { errors: errors.into(), ..full.clone() };
        let viewer = Self { may_change: None, rows: Vec::new(), ..full.clone() };
        vec![full, wrong, viewer]
    }
}

fn tr(row: &Row) -> Markup {
    html! {
        tr {
            th scope="row" { (row.at) }
            td { (row.kind) }
            td { (row.description) }
            td.amount { (row.amount) }
            td.amount { (row.balance) }
        }
    }
}

impl WalletPage {
    fn form(&self, frame: &Frame) -> Markup {
        let kinds = [
            ("manual_adjustment", "Adjustment"),
            ("top_up", "Top-up that came in elsewhere"),
            ("initial_credit", "Initial credit"),
        ];
        html! {
            section.card.form aria-labelledby="adjust" {
                h2 id="adjust" { "Adjust the wallet" }
                form method="post" action=(frame.path(&format!("/partners/{}/wallet", self.id))) {
                    (frame.seal())
                    (select(("kind", "What it is"), &kinds, &self.kind))
                    (Field::amount("amount", "Amount", &self.sign).value(&self.amount)
                        .hint("How much more the wallet holds afterwards; negative to take away.")
                        .errors(&self.errors).render())
                    (Field::text("reason", "Reason").value(&self.reason)
                        .hint("The partner sees it.").errors(&self.errors).render())
                    (Field::text("reference", "Reference").value(&self.reference).longest(100)
                        .hint("The same reference is booked once.").errors(&self.errors).render())
                    button.primary type="submit" { "Book" }
                }
            }
        }
    }
}

async fn page(guest: &Guest, id: &str, query: Option<&str>) -> Result<WalletPage, Fault> {
    let partner_id = partner_id(id)?;
    let app = guest.portal.app();
    let partner = app.partner(partner_id).await?;
    let wallet = app.wallet(partner_id).await?;
    let path = format!("/partners/{partner_id}/wallet");
    let listing = Listing::read(&path, query, KIND);
    let request = listing.request();
    let found = app.wallet_entries(partner_id, WalletFilter::default(), &request).await?;
    let zone = guest.zone()?;
    let place = |entry: &WalletEntry| (Some(Key::Int(entry.seq)), entry.line_text());
    let show = |entry: WalletEntry| row(&entry, (wallet.currency, zone));
    let (rows, listing) = listing.page((found, &request), place, show);
    Ok(WalletPage {
        id: partner_id.to_string(),
        name: name_of(&partner),
        balance: micros(wallet.currency, wallet.balance),
        pending: wallet.currency.display(wallet.pending),
        sign: wallet.currency.code().to_owned(),
        rows,
        listing,
        may_change: guest.may(Ability::Change).then_some(()),
        kind: "manual_adjustment".to_owned(),
        amount: String::new(),
        reason: String::new(),
        reference: guest.once(),
        errors: Vec::new(),
        notice: super::notice(query),
    })
}

fn row(entry: &WalletEntry, (currency, zone): (Currency, &Zone)) -> Row {
    Row {
        at: minute(zone, entry.at),
        kind: word(entry.kind.as_str()),
        description: entry.description.clone(),
        amount: micros(currency, entry.amount),
        balance: micros(currency, entry.balance_after),
    }
}

async fn show(
    guest: Guest,
    Path(id): Path<String>,
    RawQuery(query): RawQuery,
) -> Result<Response, Fault> {
    let page = page(&guest, &id, query.as_deref()).await?;
    Ok(shell::show(&guest, &page))
}

async fn adjust(guest: Guest, Path(id): Path<String>) -> Result<Response, Fault> {
    let partner_id = partner_id(&id)?;
    let fields = guest.fields.clone();
    let kind = match fields.get("kind") {
        "manual_adjustment" => WalletMoveKind::ManualAdjustment,
        "top_up" => WalletMoveKind::TopUp,
        "initial_credit" => WalletMoveKind::InitialCredit,
        _ => return Err(Fault::Nowhere),
    };
    let amount = Micros::parse(fields.get("amount").trim());
    let refused = match amount {
        Err(error) => {
            let error = FieldError { field: "amount".to_owned(), message: error.to_string() };
            Err((StatusCode::UNPROCESSABLE_ENTITY, vec![error]))
        }
        Ok(amount) => {
            let asked = WalletMove {
                kind,
                amount,
                reason: fields.get("reason").trim().to_owned(),
                reference: fields.get("reference").trim().to_owned(),
            };
            let asking = guest.asking()?;
            let done = super::noted(&guest, (asking, "wallet.adjust"), async move |app| {
                app.move_wallet(partner_id, &asked).await?;
                Ok(partner_id.to_string())
            });
            done.await?
        }
    };
    let (status, errors) = match refused {
        Ok(()) => return Ok(guest.go(&format!("/partners/{partner_id}/wallet?done=moved"))),
        Err(refused) => refused,
    };
    let typed = |name: &str| fields.typed(name, 500);
    let page = WalletPage {
        errors,
        kind: typed("kind"),
        amount: typed("amount"),
        reason: typed("reason"),
        reference: typed("reference"),
        ..page(&guest, &id, None).await?
    };
    Ok(shell::with_status(&guest, status, &page))
}
