//! The Company tab: what the operator knows the partner by, and what invoices say (BRD-02).

use app::{error::FieldError, setup::PartnerEdit};
use axum::{extract::RawQuery, response::Response};
use domain::{account::Partner, user::Ability};
use maud::{Markup, html};

use super::{COMPANY, edit, refusal, seen, tab_bar};
use crate::portal::{
    change::Refusal,
    fields::Fields,
    guest::{Fault, Guest},
    parts::{Area, Field, hidden, other_errors, page_head},
    shell::{self, Frame, Page, told},
};

const NAMES: &[&str] =
    &["company_name", "billing_email", "address", "website", "locale", "terms_days"];

/// What is typed into the form.
#[derive(Debug, Clone, Default)]
struct Typed {
    company_name: String,
    billing_email: String,
    address: String,
    website: String,
    locale: String,
    terms_days: String,
}

/// The tab.
#[derive(Debug, Clone)]
pub(in crate::portal) struct Company {
    seen: i64,
    typed: Typed,
    may_change: Option<()>,
    errors: Vec<FieldError>,
    notice: Option<&'static str>,
}

impl Page for Company {
    fn title(&self) -> String {
        "Company".to_owned()
    }

    fn body(&self, frame: &Frame) -> Markup {
        let it = &self.typed;
        let errors = &self.errors;
        html! {
            (told(self.notice))
            (page_head("Settings", "", &html! {}))
            (tab_bar(frame, COMPANY))
            (other_errors(errors, NAMES))
            section.card.form aria-label="Company" {
                form.broad method="post" action=(frame.path(COMPANY)) {
                    (frame.seal())
                    (hidden("seen", self.seen))
                    (Field::text("company_name", "Company Name").value(&it.company_name)
                        .errors(errors).hint("Your legal name. Tenants see it only where you have \
                            no brand name.").render())
                    (Field::address("billing_email", "Billing Email").value(&it.billing_email)
                        .errors(errors).hint("Subscription invoices, rate changes and alerts of \
                            your account go here.").render())
                    (Area::new("address", "Postal address").value(&it.address).longest(1_000)
                        .errors(errors).hint("Stands on invoices.").render())
                    (Field::text("website", "Website").value(&it.website).errors(errors)
                        .optional().hint("Stands on invoices.").render())
                    div.columns {
                        (Field::number("terms_days", "Payment terms in days")
                            .value(&it.terms_days).errors(errors)
                            .hint("From issue to due, unless a profile says otherwise").render())
                        (Field::text("locale", "Locale").value(&it.locale).errors(errors)
                            .hint("For dates and money, such as en-US").render())
                    }
                    @if self.may_change.is_some() {
                        button.primary type="submit" { "Save" }
                    } @else {
                        p.quietly { "Only an administrator can change this." }
                    }
                }
            }
        }
    }

    fn samples() -> Vec<Self> {
        let typed = Typed {
            company_name: "<script>alert(1)</script>".to_owned(),
            billing_email: "not an address".to_owned(),
            address: "</textarea><b>".to_owned(),
            website: "https://oak.example/<b>".to_owned(),
            locale: "en-US".to_owned(),
            terms_days: "many".to_owned(),
        };
        let errors = NAMES.iter().chain(&["other"]).map(|field| FieldError {
            field: (*field).to_owned(),
            message: "is <i>wrong</i>".to_owned(),
        });
        let wrong =
            Self { seen: 3, typed, may_change: Some(()), errors: errors.collect(), notice: None };
        let good =
            Self { errors: Vec::new(), may_change: None, notice: Some("Saved."), ..wrong.clone() };
        vec![wrong, good]
    }
}

impl Typed {
    fn of(partner: &Partner) -> Self {
        Self {
            company_name: partner.company_name.clone(),
            billing_email: partner.billing_email.clone(),
            address: partner.brand.address.clone(),
            website: partner.brand.website.clone(),
            locale: partner.locale.clone(),
            terms_days: partner.terms_days.to_string(),
        }
    }

    fn sent(fields: &Fields) -> Self {
        let typed = |name| fields.typed(name, 254);
        Self {
            company_name: typed("company_name"),
            billing_email: typed("billing_email"),
            address: fields.typed("address", 2_000),
            website: typed("website"),
            locale: typed("locale"),
            terms_days: typed("terms_days"),
        }
    }
}

async fn page(guest: &Guest) -> Result<Company, Fault> {
    let partner = guest.portal.app().partner(guest.partner_id()?).await?;
    Ok(Company {
        seen: partner.version,
        typed: Typed::of(&partner),
        may_change: guest.may(Ability::Change).then_some(()),
        errors: Vec::new(),
        notice: None,
    })
}

pub(super) async fn show(guest: Guest, RawQuery(query): RawQuery) -> Result<Response, Fault> {
    let notice = shell::notice(query.as_deref());
    Ok(shell::show(&guest, &Company { notice, ..page(&guest).await? }))
}

pub(super) async fn save(guest: Guest) -> Result<Response, Fault> {
    let typed = Typed::sent(&guest.fields);
    let trimmed = |text: &str| Some(text.trim().replace("\r\n", "\n"));
    let refused = match typed.terms_days.trim().parse() {
        Err(_) => Refusal::field("terms_days", "must be a whole number of days"),
        Ok(days) => {
            let change = PartnerEdit {
                company_name: trimmed(&typed.company_name),
                billing_email: trimmed(&typed.billing_email),
                address: trimmed(&typed.address),
                website: trimmed(&typed.website),
                locale: trimmed(&typed.locale),
                terms_days: Some(days),
                ..PartnerEdit::default()
            };
            match edit(&guest, (seen(&guest), change)).await? {
                Ok(()) => return Ok(guest.go(&format!("{COMPANY}?done=saved"))),
                Err(error) => refusal(&guest, error).await?,
            }
        }
    };
    let page = Company { typed, errors: refused.errors, ..page(&guest).await? };
    Ok(shell::with_status(&guest, refused.status, &page))
}
