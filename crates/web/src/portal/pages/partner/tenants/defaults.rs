//! What new tenants begin with (TNT-25, LIM-13); those that are there keep what they have (TNT-26).
//!
//! Decided here: one form for all of it. The default profile is chosen where profiles are.

use app::{
    App,
    error::FieldError,
    resource,
    setup::{DefaultsEdit, LimitsEdit},
};
use axum::{extract::RawQuery, http::StatusCode, response::Response};
use domain::{limits::TenantLimits, user::Ability};
use maud::{Markup, html};

use super::form::ZONES;
use crate::{
    api::write::Outcome,
    portal::{
        change::Refusal,
        guest::{Fault, Guest},
        parts::{Choice, Field, Group, Stale, hidden, other_errors, page_head, select_field},
        shell::{self, Frame, Page, told},
    },
};

const FIELDS: [&str; 8] = [
    "timezone",
    "default_cnam",
    "limits.monthly_spend",
    "limits.max_extensions",
    "limits.max_phone_numbers",
    "limits.max_monthly_minutes",
    "limits.alert_threshold",
    "limits.on_limit",
];

/// What was typed, under the names of [`FIELDS`].
#[derive(Debug, Clone, PartialEq, Eq, Default)]
struct Typed([String; 8]);

/// The page.
#[derive(Debug, Clone)]
pub(in crate::portal) struct Defaults {
    version: i64,
    typed: Typed,
    currency: String,
    recommended: String,
    profile: (Vec<Choice>, String),
    may_change: Option<()>,
    errors: Vec<FieldError>,
    stale: Option<Stale>,
    notice: Option<&'static str>,
}

impl Page for Defaults {
    fn title(&self) -> String {
        "Tenant Defaults".to_owned()
    }

    fn body(&self, frame: &Frame) -> Markup {
        let lead = "What a new tenant begins with. Tenants that are there keep what they have.";
        html! {
            (told(self.notice))
            (page_head("Tenant Defaults", lead, &Markup::default()))
            @if let Some(stale) = &self.stale { (stale.render()) }
            (other_errors(&self.errors, &[&FIELDS[..], &["profile_id"]].concat()))
            section.card.form.broad aria-label="Tenant Defaults" {
                form method="post" action=(frame.path("/tenants/defaults")) {
                    (frame.seal())
                    (hidden("seen", self.version))
                    fieldset.plain-set disabled[self.may_change.is_none()] {
                        (self.account())
                        h2 { "Limits" }
                        p.hint {
                            "Leave a limit empty for none. Recommended: " (self.recommended) "."
                        }
                        (self.limits())
                        @if self.may_change.is_some() {
                            div.form-end { button.primary type="submit" { "Save" } }
                        }
                    }
                }
            }
        }
    }

    fn samples() -> Vec<Self> {
        let full = Self {
            version: 3,
            typed: Typed(std::array::from_fn(|index| format!("\"><script>{index}"))),
            currency: "USD".to_owned(),
            recommended: "500.00 USD, 50 extensions".to_owned(),
            profile: (vec![Choice::new("prf_1", "<b>Flat</b>")], "prf_1".to_owned()),
            may_change: Some(()),
            errors: Vec::new(),
            stale: None,
            notice: Some("Saved."),
        };
        let errors = FIELDS.into_iter().chain(["profile_id", "other"]).map(|field| FieldError {
            field: field.to_owned(),
            message: "is not what it should be".to_owned(),
        });
        let stale = Stale {
            what: "the defaults".to_owned(),
            who: String::new(),
            when: String::new(),
            differences: Vec::new(),
        };
        let wrong = Self { errors: errors.collect(), stale: Some(stale), ..full.clone() };
        let closed = Self { may_change: None, typed: Typed::default(), ..full.clone() };
        vec![full, wrong, closed]
    }
}

impl Defaults {
    fn field<'a>(&'a self, index: usize, label: &'a str) -> Field<'a> {
        let name = FIELDS[index];
        let field = if index < 2 { Field::text(name, label) } else { Field::number(name, label) };
        field.value(&self.typed.0[index]).errors(&self.errors).optional()
    }

    fn account(&self) -> Markup {
        html! {
            div.columns {
                (self.field(0, "Timezone").list("zones").hint("An IANA zone.").render())
                datalist id="zones" { @for zone in ZONES { option value=(zone) {} } }
                (self.field(1, "Default CNAM").longest(15)
                    .hint("The name that calls show; at most 15 characters.").render())
                (select_field(("profile_id", "Billing Profile", "What new tenants are billed."),
                    &self.profile.0, &self.profile.1, &self.errors))
            }
        }
    }

    fn limits(&self) -> Markup {
        let acts =
            [Choice::new("suspend", "Suspend the tenant"), Choice::new("alert", "Only mail me")];
        let spend = format!("Monthly spend ({})", self.currency);
        html! {
            div.columns {
                (self.field(2, &spend).render())
                (self.field(3, "Max extensions").render())
                (self.field(4, "Max DIDs").render())
                (self.field(5, "Max monthly minutes").render())
                (self.field(6, "Alert threshold (%)").hint("1 to 100.").render())
            }
            (Group::radios("limits.on_limit", "When a limit is reached").errors(&self.errors)
                .render(&acts, &self.typed.0[7..]))
        }
    }
}

fn typed_of(
    defaults: &domain::limits::TenantDefaults,
    partner: &domain::account::Partner,
) -> Typed {
    let limits = &defaults.limits;
    let number = |value: Option<u32>| value.map_or(String::new(), |it| it.to_string());
    let zone = defaults.zone.as_ref().unwrap_or(&partner.zone);
    Typed([
        zone.name().to_owned(),
        defaults.default_cnam.clone(),
        limits.monthly_spend.map_or(String::new(), |it| partner.currency.decimal(it)),
        number(limits.max_extensions),
        number(limits.max_phone_numbers),
        number(limits.max_minutes),
        limits.alert_percent.to_string(),
        limits.on_limit.as_str().to_owned(),
    ])
}

async fn page(guest: &Guest) -> Result<Defaults, Fault> {
    let partner_id = guest.partner_id()?;
    let (defaults, partner) = guest.portal.app().tenant_defaults(partner_id).await?;
    let currency = partner.currency;
    let usual = TenantLimits::recommended(currency);
    let number = |value: Option<u32>| value.unwrap_or_default().to_string();
    Ok(Defaults {
        version: defaults.version,
        typed: typed_of(&defaults, &partner),
        currency: currency.code().to_owned(),
        recommended: format!(
            "{} a month, {} extensions, {} DIDs, {} minutes, alert at {}%, suspend",
            usual.monthly_spend.map_or(String::new(), |it| currency.display(it)),
            number(usual.max_extensions),
            number(usual.max_phone_numbers),
            number(usual.max_minutes),
            usual.alert_percent,
        ),
        profile: (
            super::edit::profiles(guest, partner_id).await?,
            partner.default_profile.to_string(),
        ),
        may_change: guest.may(Ability::Change).then_some(()),
        errors: Vec::new(),
        stale: None,
        notice: None,
    })
}

pub(super) async fn show(guest: Guest, RawQuery(query): RawQuery) -> Result<Response, Fault> {
    let notice = shell::notice(query.as_deref());
    Ok(shell::show(&guest, &Defaults { notice, ..page(&guest).await? }))
}

impl Typed {
    fn read(guest: &Guest) -> Self {
        Self(FIELDS.map(|name| guest.fields.typed(name, 254).trim().to_owned()))
    }

    /// What is asked for, and what is no number.
    fn edit(&self) -> (DefaultsEdit, Vec<FieldError>) {
        let mut errors = Vec::new();
        let mut number = |index: usize| -> Option<i64> {
            let text = &self.0[index];
            let read = text.parse().ok();
            if read.is_none() && !text.is_empty() {
                let message = "must be a whole number".to_owned();
                errors.push(FieldError { field: FIELDS[index].to_owned(), message });
            }
            read
        };
        let spend = &self.0[2];
        let limits = LimitsEdit {
            max_extensions: Some(number(3)),
            max_phone_numbers: Some(number(4)),
            max_minutes: Some(number(5)),
            // Nothing is no threshold, and 0 is none either.
            alert_percent: Some(number(6).unwrap_or(0)),
            monthly_spend: Some((!spend.is_empty()).then(|| spend.clone())),
            on_limit: Some(self.0[7].clone()),
        };
        let edit = DefaultsEdit {
            zone: Some(self.0[0].clone()),
            default_cnam: Some(self.0[1].clone()),
            limits,
        };
        (edit, errors)
    }
}

pub(super) async fn save(guest: Guest) -> Result<Response, Fault> {
    let partner_id = guest.partner_id()?;
    let typed = Typed::read(&guest);
    let seen: i64 = guest.fields.get("seen").parse().unwrap_or(-1);
    let (edit, errors) = typed.edit();
    let profile = guest.fields.typed("profile_id", 60);
    let Ok(profile_id) = profile.parse() else {
        let error = FieldError {
            field: "profile_id".to_owned(),
            message: "is not one of yours".to_owned(),
        };
        let page = Defaults { typed, errors: vec![error], ..page(&guest).await? };
        return Ok(shell::with_status(&guest, StatusCode::UNPROCESSABLE_ENTITY, &page));
    };
    let done = guest.write(async move |app: &App| {
        if !errors.is_empty() {
            return Err(app::error::AppError::Invalid(errors.clone()));
        }
        let (before, partner) = app.tenant_defaults(partner_id).await?;
        let before = resource::TenantDefaults::of(&before, &partner);
        app.edit_tenant_defaults(partner_id, seen, &edit).await?;
        if partner.default_profile != profile_id {
            app.set_default_profile(partner_id, profile_id).await?;
        }
        let (after, partner) = app.tenant_defaults(partner_id).await?;
        let outcome = Outcome::ok(&resource::TenantDefaults::of(&after, &partner))?;
        outcome.audited("tenant_defaults.edit", partner_id, Some(&before))
    });
    let Err(error) = done.await? else { return Ok(guest.go("/tenants/defaults?done=saved")) };
    let refusal = Refusal::of(error)?;
    let stale = match refusal.is_stale {
        None => None,
        Some(()) => {
            let (who, when) = guest.last_to_change(&partner_id.to_string()).await?;
            Some(Stale { what: "the defaults".to_owned(), who, when, differences: Vec::new() })
        }
    };
    let now = page(&guest).await?;
    let profile = (now.profile.0, profile);
    let page = Defaults {
        version: now.version,
        typed,
        profile,
        currency: now.currency,
        recommended: now.recommended,
        may_change: now.may_change,
        errors: refusal.errors,
        stale,
        notice: None,
    };
    Ok(shell::with_status(&guest, refusal.status, &page))
}
