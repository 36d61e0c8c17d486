//! The index: every partner with its newest invoices, or one partner's invoices page by page.

use app::overview::{IndexQuery, InvoiceIndex, InvoiceRow, PartnerInvoices};
use axum::{extract::Query, response::Response};
use domain::{
    ids::{InvoiceId, Kind, PartnerId},
    invoice::status::InvoiceStatus,
};
use maud::{Markup, html};
use serde::Deserialize;

use super::layout::{avatar, badge};
use crate::portal::{
    Fault, Guest,
    shell::{self, Frame, Page},
};

/// What may stand behind the question mark.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct Parameters {
    partner: Option<String>,
    before: Option<String>,
    after: Option<String>,
}

impl Parameters {
    /// `None` where something is no id.
    fn read(&self) -> Option<IndexQuery> {
        Some(IndexQuery {
            partner: id(self.partner.as_deref())?,
            before: id(self.before.as_deref())?,
            after: id(self.after.as_deref())?,
        })
    }
}

fn id<K: Kind>(text: Option<&str>) -> Option<Option<domain::ids::Id<K>>> {
    text.map_or(Some(None), |text| text.parse().ok().map(Some))
}

/// `GET /invoices`
pub(crate) async fn show(
    guest: Guest,
    Query(parameters): Query<Parameters>,
) -> Result<Response, Fault> {
    let query = parameters.read().ok_or(Fault::Nowhere)?;
    let index = guest.portal.app().invoice_index(query).await?;
    Ok(shell::show(&guest, &Index { is_alone: query.partner.is_some(), index }))
}

/// The page: of one partner alone, or of all.
struct Index {
    is_alone: bool,
    index: InvoiceIndex,
}

impl Page for Index {
    fn title(&self) -> String {
        match self.index.partners.first() {
            Some(partner) if self.is_alone => partner.name.clone(),
            _ => "Invoices".to_owned(),
        }
    }

    fn body(&self, _: &Frame) -> Markup {
        render(self.is_alone, &self.index)
    }

    fn samples() -> Vec<Self> {
        vec![Self {
            is_alone: false,
            index: InvoiceIndex { partners: Vec::new(), more_after: None },
        }]
    }
}

fn render(is_alone: bool, index: &InvoiceIndex) -> Markup {
    html! {
        @if is_alone {
            nav.crumbs aria-label="Breadcrumb" { a href="/invoices" { "All partners" } }
        } @else {
            h1 { "Invoices" }
            p.lead { "The newest of each partner. Open a number to see the PDF." }
        }
        @if index.partners.is_empty() {
            section.empty {
                h2 { "No partners yet" }
                p { "Create one, import its call records and close a period." }
            }
        }
        @for partner in &index.partners { (card(partner, is_alone)) }
        @if let Some(last) = index.more_after {
            p.more { a.button href={ "/invoices?after=" (last) } { "More partners" } }
        }
    }
}

fn card(partner: &PartnerInvoices, is_alone: bool) -> Markup {
    let heading = format!("of-{}", partner.partner_id);
    html! {
        section.card aria-labelledby=(heading) {
            header {
                (avatar(&partner.name, &partner.color))
                div {
                    @if is_alone {
                        h1 id=(heading) { (partner.name) }
                    } @else {
                        h2 id=(heading) {
                            a href={ "/invoices?partner=" (partner.partner_id) } { (partner.name) }
                        }
                    }
                    @if partner.company != partner.name { p { (partner.company) } }
                }
            }
            @if partner.invoices.is_empty() {
                p.none { "No invoices yet." }
            } @else {
                (table(partner))
            }
            @if let Some(last) = partner.more_before {
                footer { (older(partner.partner_id, last, is_alone)) }
            }
        }
    }
}

fn older(partner_id: PartnerId, last: InvoiceId, is_alone: bool) -> Markup {
    html! {
        @if is_alone {
            a href={ "/invoices?partner=" (partner_id) "&before=" (last) } { "Older invoices" }
        } @else {
            a href={ "/invoices?partner=" (partner_id) } { "All invoices of this partner" }
        }
    }
}

fn table(partner: &PartnerInvoices) -> Markup {
    html! {
        table {
            thead {
                tr {
                    th scope="col" { "Number" }
                    th scope="col" { "Tenant" }
                    th scope="col" { "Period" }
                    th scope="col" { "Status" }
                    th scope="col" { "Due date" }
                    th.amount scope="col" { "Total" }
                    th.amount scope="col" { "Due" }
                }
            }
            tbody { @for invoice in &partner.invoices { (line(partner.partner_id, invoice)) } }
        }
    }
}

fn line(partner_id: PartnerId, invoice: &InvoiceRow) -> Markup {
    let is_settled = matches!(invoice.status, InvoiceStatus::Paid | InvoiceStatus::Cancelled);
    let pdf = format!("/invoices/{partner_id}/{}/pdf", invoice.invoice_id);
    html! {
        tr {
            th.number scope="row" {
                a href=(pdf) {
                    (invoice.number.as_deref().unwrap_or("Draft"))
                    span.file { "PDF" }
                }
            }
            td.tenant { (invoice.tenant) }
            td.period { (invoice.period) }
            td.status { (badge(invoice.status)) }
            td.date { (invoice.due_date) }
            td.amount.total { span.label { "Total " } (invoice.total) }
            td.amount.due.settled[is_settled] { span.label { "Due " } (invoice.due) }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn invoice(number: Option<&str>, tenant: &str) -> InvoiceRow {
        InvoiceRow {
            invoice_id: InvoiceId::from_bits(7),
            number: number.map(str::to_owned),
            tenant: tenant.to_owned(),
            period: "May 1 – May 31, 2026".to_owned(),
            status: InvoiceStatus::PartiallyPaid,
            due_date: "June 16, 2026".to_owned(),
            total: "$110.52".to_owned(),
            due: "$70.52".to_owned(),
        }
    }

    fn partner(invoices: Vec<InvoiceRow>) -> PartnerInvoices {
        PartnerInvoices {
            partner_id: PartnerId::from_bits(1),
            name: "<script>alert(1)</script> & Sons".to_owned(),
            company: "A company whose name goes on for much longer than anyone expects".to_owned(),
            color: "red;background:url(//evil.example)".to_owned(),
            more_before: invoices.last().map(|invoice| invoice.invoice_id),
            invoices,
        }
    }

    #[test]
    fn names_are_text_and_colours_are_colours() {
        let many = vec![invoice(Some("INV-000001"), "Smith \"<b>\" Dental"), invoice(None, "")];
        for invoices in [many, Vec::new()] {
            let index = InvoiceIndex {
                partners: vec![partner(invoices)],
                more_after: Some(PartnerId::from_bits(1)),
            };
            for is_alone in [true, false] {
                let page = render(is_alone, &index).into_string();
                assert!(!page.contains("<script") && !page.contains("<b>"), "{page}");
                assert!(!page.contains("evil.example") && !page.contains("style="), "{page}");
            }
        }
    }

    #[test]
    fn an_empty_index_says_so() {
        let index = InvoiceIndex { partners: Vec::new(), more_after: None };
        assert!(render(false, &index).into_string().contains("No partners yet"));
    }

    #[test]
    fn what_is_no_id_is_no_page() {
        let wrong = Parameters { partner: Some("ptr_1' or 1=1".to_owned()), ..Default::default() };
        assert_eq!(wrong.read(), None);
        assert_eq!(Parameters::default().read(), Some(IndexQuery::default()));
    }
}
