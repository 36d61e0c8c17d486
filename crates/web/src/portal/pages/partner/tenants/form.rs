//! The form of a tenant, new or to be edited (TNT-01, TNT-14).

use app::error::FieldError;
use maud::{Markup, html};

use crate::portal::{
    parts::{
        Area, Choice, Field, Stale, choices, crumbs, hidden, other_errors, page_head, select_field,
        tick,
    },
    shell::{Frame, Page},
};

/// What was typed.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Typed {
    pub(super) name: String,
    pub(super) sip_prefix: String,
    pub(super) billing_email: String,
    pub(super) account_code: String,
    pub(super) address: String,
    pub(super) default_cnam: String,
    pub(super) zone: String,
    pub(super) home_npa: String,
    pub(super) auto_pay: Option<()>,
    pub(super) status: String,
    pub(super) profile: String,
}

/// Fields that errors stand beside.
const FIELDS: [&str; 9] = [
    "name",
    "sip_prefix",
    "billing_email",
    "account_code",
    "address",
    "default_cnam",
    "zone",
    "home_npa",
    "profile_id",
];

/// The form.
#[derive(Debug, Clone)]
pub(in crate::portal) struct TenantForm {
    /// Id, version and name of the one that is edited.
    pub(super) edited: Option<(String, i64, String)>,
    pub(super) typed: Typed,
    pub(super) profiles: Vec<Choice>,
    pub(super) errors: Vec<FieldError>,
    pub(super) stale: Option<Stale>,
}

impl Page for TenantForm {
    fn title(&self) -> String {
        if self.edited.is_some() { "Edit tenant" } else { "New tenant" }.to_owned()
    }

    fn body(&self, frame: &Frame) -> Markup {
        let (action, back) = match &self.edited {
            Some((id, ..)) => (format!("/tenants/{id}/edit"), format!("/tenants/{id}")),
            None => ("/tenants".to_owned(), "/tenants".to_owned()),
        };
        let title = match &self.edited {
            Some((_, _, name)) => format!("Edit {name}"),
            None => "New Tenant".to_owned(),
        };
        let up = if self.edited.is_some() { "This tenant" } else { "Tenants" };
        html! {
            (crumbs(frame, &back, up))
            (page_head(&title, "", &Markup::default()))
            @if let Some(stale) = &self.stale { (stale.render()) }
            (other_errors(&self.errors, &FIELDS))
            section.card.form.broad aria-label=(title) {
                form method="post" action=(frame.path(&action)) {
                    (frame.seal())
                    @if let Some((_, version, _)) = &self.edited { (hidden("seen", version)) }
                    (self.fields())
                    div.form-end {
                        button.primary type="submit" {
                            @if self.edited.is_some() { "Save" } @else { "Create" }
                        }
                        a href=(frame.path(&back)) { "Cancel" }
                    }
                }
            }
        }
    }

    fn samples() -> Vec<Self> {
        let typed = Typed {
            name: "<script>alert(1)</script> & Sons".to_owned(),
            sip_prefix: "acme".to_owned(),
            address: "1 Main St\n<b>Springfield</b>".to_owned(),
            status: "trial".to_owned(),
            ..Typed::default()
        };
        let profiles = vec![Choice::new("prf_1", "<b>Flat</b> rate"), Choice::new("prf_2", "PAYG")];
        let new = Self { edited: None, typed, profiles, errors: Vec::new(), stale: None };
        let errors = FIELDS.into_iter().chain(["other"]).map(|field| FieldError {
            field: field.to_owned(),
            message: "is not what it should be".to_owned(),
        });
        let id = "tnt_00000000000000000000000001".to_owned();
        let stale = Stale {
            what: "this tenant".to_owned(),
            who: "Ada <b>Lovelace</b>".to_owned(),
            when: "Nov 24, 2026, 18:05".to_owned(),
            differences: vec![("Name".to_owned(), "<i>now</i>".to_owned(), "typed".to_owned())],
        };
        let wrong = Self {
            edited: Some((id, 3, "<b>Smith</b>".to_owned())),
            errors: errors.collect(),
            stale: Some(stale),
            ..new.clone()
        };
        vec![Self { typed: Typed::default(), profiles: Vec::new(), ..new.clone() }, new, wrong]
    }
}

impl TenantForm {
    fn fields(&self) -> Markup {
        let (typed, errors) = (&self.typed, &self.errors);
        html! {
            div.columns {
                (Field::text("name", "Tenant Name").value(&typed.name).errors(errors)
                    .longest(120).hint("The customer's business name; on invoices and everywhere.")
                    .render())
                (self.prefix())
                (Field::address("billing_email", "Billing Email").value(&typed.billing_email)
                    .errors(errors).hint("Invoices and notices about money go here.").render())
                (self.profile())
                (Field::text("default_cnam", "Default CNAM").value(&typed.default_cnam)
                    .errors(errors).optional().longest(15)
                    .hint("The name that calls show; at most 15 characters.").render())
                (self.zone())
                (Field::text("account_code", "Account code").value(&typed.account_code)
                    .errors(errors).optional().longest(40)
                    .hint("The code your switch uses for it, if it has one.").render())
                (Field::text("home_npa", "Home area code").value(&typed.home_npa)
                    .errors(errors).optional().longest(3)
                    .hint("For seven-digit dialling.").render())
                @if self.edited.is_none() {
                    (select_field(("status", "Status", "Billing begins when it is active."),
                        &choices([("trial", "Trial"), ("active", "Active")]),
                        &typed.status, errors))
                }
            }
            (Area::new("address", "Address").value(&typed.address).errors(errors).longest(1_000)
                .hint("Street, city, state, ZIP and country, one line each. Stands on invoices.")
                .render())
            (tick(("auto_pay", "Automatic payment",
                "Charges its default card when an invoice is issued."), typed.auto_pay))
        }
    }

    fn prefix(&self) -> Markup {
        let field = Field::text("sip_prefix", "SIP Prefix")
            .value(&self.typed.sip_prefix)
            .errors(&self.errors)
            .longest(12);
        html! {
            @if self.edited.is_some() {
                (field.fixed().hint("Cannot be changed.").render())
            } @else {
                div {
                    (field.optional()
                        .hint("3 to 12 letters and digits, for good. Left empty, one is suggested.")
                        .render())
                    button.link type="submit" name="do" value="suggest" formnovalidate {
                        "Suggest from the name"
                    }
                }
            }
        }
    }

    fn zone(&self) -> Markup {
        let field = Field::text("zone", "Timezone")
            .value(&self.typed.zone)
            .errors(&self.errors)
            .list("zones");
        html! {
            @if self.edited.is_some() {
                (field.fixed().hint("Its billing days are cut by it, so it stays.").render())
            } @else {
                (field.render())
                datalist id="zones" { @for zone in ZONES { option value=(zone) {} } }
            }
        }
    }

    fn profile(&self) -> Markup {
        let hint = if self.edited.is_some() {
            "Another one begins with the next billing cycle."
        } else {
            "What it is billed."
        };
        select_field(
            ("profile_id", "Billing Profile", hint),
            &self.profiles,
            &self.typed.profile,
            &self.errors,
        )
    }
}

/// Zones that are suggested; any other is fine.
pub(super) const ZONES: [&str; 8] = [
    "America/New_York",
    "America/Chicago",
    "America/Denver",
    "America/Phoenix",
    "America/Los_Angeles",
    "America/Anchorage",
    "Pacific/Honolulu",
    "UTC",
];
