//! A partner is created by the operator.
//!
//! Decided here: what a form asks for; what is wrong with it is the use case's business. The slug
//! makes a second partner of the same form impossible.

use app::{
    error::FieldError,
    setup::{NewPartner, NewTerms},
};
use axum::{Router, response::Response, routing::get};
use domain::{partner::PartnerStatus, tier::Tier, user::Ability};
use maud::{Markup, html};

use crate::portal::{
    Portal,
    guest::{Fault, Guest},
    parts::{Field, crumbs, other_errors, page_head, select},
    shell::{self, Frame, Page},
};

pub(super) fn routes() -> Router<Portal> {
    Router::new().route("/partners/new", get(show).post(create))
}

/// Fields of the form, in order.
const FIELDS: [&str; 6] = ["company_name", "slug", "billing_email", "zone", "status", "tier"];

/// The form.
#[derive(Debug, Clone, Default)]
pub(in crate::portal) struct NewPartnerPage {
    company_name: String,
    slug: String,
    billing_email: String,
    zone: String,
    status: String,
    tier: String,
    errors: Vec<FieldError>,
}

impl Page for NewPartnerPage {
    fn title(&self) -> String {
        "New partner".to_owned()
    }

    fn body(&self, frame: &Frame) -> Markup {
        let statuses = [("trial", "Trial"), ("active", "Active")];
        let tiers =
            [("starter", "Starter"), ("professional", "Professional"), ("business", "Business")];
        let text = |name, label, value| Field::text(name, label).value(value).errors(&self.errors);
        html! {
            (crumbs(frame, "/partners", "Partners"))
            (page_head("New partner", "A reseller with its own portal, prices and customers.",
                &Markup::default()))
            (other_errors(&self.errors, &FIELDS))
            section.card.form aria-label="New partner" {
                form method="post" action=(frame.path("/partners/new")) {
                    (frame.seal())
                    (text("company_name", "Company name", &self.company_name).render())
                    (text("slug", "Short name", &self.slug)
                        .hint("In its address, for good: 2 to 40 of a-z, 0-9 and dashes.")
                        .render())
                    (Field::address("billing_email", "Billing email").value(&self.billing_email)
                        .errors(&self.errors).render())
                    (text("zone", "Time zone", &self.zone)
                        .hint("An IANA name such as America/Chicago.").render())
                    (select(("status", "Status"), &statuses, &self.status))
                    (select(("tier", "Tier"), &tiers, &self.tier))
                    button.primary type="submit" { "Create" }
                }
            }
        }
    }

    fn samples() -> Vec<Self> {
        let empty = Self { zone: "UTC".to_owned(), ..Self::default() };
        let errors = FIELDS.iter().chain(&["other"]).map(|field| FieldError {
            field: (*field).to_owned(),
            message: "is not what it should be".to_owned(),
        });
        let hostile = "\"><script>alert(1)</script>".to_owned();
        let wrong = Self {
            company_name: hostile.clone(),
            slug: hostile.clone(),
            billing_email: hostile,
            errors: errors.collect(),
            ..empty.clone()
        };
        vec![empty, wrong]
    }
}

async fn show(guest: Guest) -> Result<Response, Fault> {
    let page = NewPartnerPage { zone: "America/Chicago".to_owned(), ..NewPartnerPage::default() };
    Ok(shell::show(&guest, &page))
}

async fn create(guest: Guest) -> Result<Response, Fault> {
    debug_assert!(guest.may(Ability::Change));
    let fields = guest.fields.clone();
    let typed = |name: &str| fields.typed(name, 200);
    let mut page = NewPartnerPage {
        company_name: typed("company_name"),
        slug: typed("slug"),
        billing_email: typed("billing_email"),
        zone: typed("zone"),
        status: typed("status"),
        tier: typed("tier"),
        errors: Vec::new(),
    };
    let mut new = NewPartner::named(
        fields.get("slug").trim(),
        fields.get("company_name").trim(),
        fields.get("billing_email").trim(),
    );
    fields.get("zone").trim().clone_into(&mut new.zone);
    new.status = PartnerStatus::parse(fields.get("status")).unwrap_or(PartnerStatus::Purged);
    let tier = Tier::parse(fields.get("tier")).filter(|tier| tier.plan().is_some());
    let Some(tier) = tier else { return Err(Fault::Nowhere) };
    new.terms = NewTerms { tier, figures: None, deck: None };
    let asking = guest.asking()?;
    let done = super::noted(&guest, (asking, "partner.create"), async move |app| {
        Ok(app.create_partner(&new).await?.partner_id.to_string())
    });
    match done.await? {
        Ok(()) => Ok(guest.go("/partners?done=created")),
        Err((status, errors)) => {
            page.errors = errors;
            Ok(shell::with_status(&guest, status, &page))
        }
    }
}
