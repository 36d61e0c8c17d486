//! The partner's profiles, and the versions of one of them.

use app::setup::SavedProfile;
use axum::{
    extract::{Path, RawQuery},
    response::Response,
};
use domain::{
    ids::ProfileId,
    money::Currency,
    paging::{Key, Order},
    profile::{Included, MinuteRates, PricingModel},
    time::Zone,
    user::Ability,
};
use maud::{Markup, html};

use crate::portal::{
    guest::{Fault, Guest},
    listing::{Kind, Listing, Sortable},
    parts::{Column, badge, crumbs, empty_with, page_head, pager, table},
    shell::{self, Frame, Page, told},
};

const KIND: Kind =
    Kind { filters: &[], sorts: &[Sortable::by_id("created")], order: Order::Descending };
const VERSIONS: Kind =
    Kind { filters: &[], sorts: &[Sortable::by_number("version")], order: Order::Descending };

/// A profile, or one version of it, as lists show it.
#[derive(Debug, Clone)]
pub(in crate::portal) struct Row {
    id: String,
    version: i64,
    name: String,
    model: &'static str,
    base_fee: String,
    included: String,
    units: String,
    minute: String,
    made: String,
    is_default: Option<()>,
    has_warnings: Option<()>,
}

impl Row {
    fn of(saved: &SavedProfile, zone: &Zone) -> Self {
        let (terms, currency) = (&saved.version.terms, saved.currency);
        let every = terms.every.as_str();
        Self {
            id: saved.version.profile_id.to_string(),
            version: saved.version.version,
            name: terms.name.clone(),
            model: model_name(terms.model),
            base_fee: format!("{} a {every}", currency.display(terms.base_fee)),
            included: match terms.model {
                PricingModel::Payg => "—".to_owned(),
                PricingModel::FlatRate => format!(
                    "{} ext., {} DIDs, {} min",
                    count(terms.included_extensions),
                    count(terms.included_dids),
                    count(terms.included_minutes)
                ),
            },
            units: format!(
                "{} ext., {} DID, {} toll-free DID",
                currency.display_rate(terms.extension_rate),
                currency.display_rate(terms.did_rate),
                currency.display_rate(terms.toll_free_did_rate)
            ),
            minute: minute(terms.minute_rates, currency),
            made: zone.display_minute(saved.version_created_at),
            is_default: None,
            has_warnings: (!saved.warnings.is_empty()).then_some(()),
        }
    }

    fn sample() -> Self {
        Self {
            id: "prf_00000000000000000000000001".to_owned(),
            version: 12,
            name:
                "<b>Small Office</b> with a name that goes on and on and on, to the end of it all"
                    .to_owned(),
            model: "Flat Rate",
            base_fee: "$1,234,567.00 a month".to_owned(),
            included: "unlimited ext., 5 DIDs, 500 min".to_owned(),
            units: "$15.00 ext., $3.00 DID, $5.00 toll-free DID".to_owned(),
            minute: "$0.018001".to_owned(),
            made: "Nov 24, 2026, 18:05".to_owned(),
            is_default: Some(()),
            has_warnings: Some(()),
        }
    }
}

/// A pricing model, for people.
pub(super) const fn model_name(model: PricingModel) -> &'static str {
    match model {
        PricingModel::Payg => "Pay-As-You-Go",
        PricingModel::FlatRate => "Flat Rate",
    }
}

fn count(included: Included) -> String {
    match included {
        Included::UpTo(count) => count.to_string(),
        Included::Unlimited => "unlimited".to_owned(),
    }
}

fn minute(rates: MinuteRates, currency: Currency) -> String {
    match rates {
        MinuteRates::Single(any) => currency.display_rate(any),
        MinuteRates::ByClass { local, toll_free } => format!(
            "{} local, {} toll-free",
            currency.display_rate(local),
            currency.display_rate(toll_free)
        ),
    }
}

/// All profiles.
#[derive(Debug)]
pub(in crate::portal) struct Profiles {
    rows: Vec<Row>,
    listing: Listing,
    may_change: Option<()>,
    notice: Option<&'static str>,
}

impl Page for Profiles {
    fn title(&self) -> String {
        "Billing Config".to_owned()
    }

    fn body(&self, frame: &Frame) -> Markup {
        let new = html! {
            @if self.may_change.is_some() {
                a.button.primary href=(frame.path("/settings/profiles/new")) { "New Profile" }
            }
        };
        let lead = "How you charge your tenants. A change acts from each tenant's next period on.";
        html! {
            (told(self.notice))
            (page_head("Billing Config", lead, &new))
            section.card aria-label="Billing profiles" {
                @if self.rows.is_empty() {
                    (empty_with("No billing profile yet",
                        "A profile says what tenants pay. Create one to charge them.", &new))
                } @else {
                    (table((frame, "Billing profiles"), COLUMNS, &self.listing, &self.lines(frame)))
                    (pager(frame, &self.listing))
                }
            }
        }
    }

    fn samples() -> Vec<Self> {
        let full = Self {
            rows: vec![
                Row::sample(),
                Row { is_default: None, has_warnings: None, ..Row::sample() },
            ],
            listing: Listing::read("/settings/profiles", Some("after=x"), KIND),
            may_change: Some(()),
            notice: Some("Saved."),
        };
        let none = Self {
            rows: Vec::new(),
            listing: Listing::read("/settings/profiles", None, KIND),
            may_change: None,
            notice: None,
        };
        vec![full, none]
    }
}

const COLUMNS: &[Column] = &[
    Column::text("Name").sorted("created"),
    Column::text("Model"),
    Column::amount("Base fee"),
    Column::text("Included"),
    Column::text("Per unit"),
    Column::amount("Per minute"),
    Column::amount("Version"),
    Column::text("Changed"),
];

impl Profiles {
    fn lines(&self, frame: &Frame) -> Markup {
        html! {
            @for row in &self.rows {
                tr {
                    th.wrap scope="row" {
                        a href=(frame.path(&format!("/settings/profiles/{}", row.id))) {
                            (row.name)
                        }
                        @if row.is_default.is_some() { " " (badge("plain", "Default")) }
                        @if row.has_warnings.is_some() { " " (badge("warning", "Look again")) }
                    }
                    (cells(row))
                }
            }
        }
    }
}

fn cells(row: &Row) -> Markup {
    html! {
        td { (row.model) }
        td.amount { (row.base_fee) }
        td { (row.included) }
        td { (row.units) }
        td.amount { (row.minute) }
        td.amount { (row.version) }
        td { (row.made) }
    }
}

/// The versions of a profile.
#[derive(Debug)]
pub(in crate::portal) struct Versions {
    id: String,
    name: String,
    rows: Vec<Row>,
    listing: Listing,
}

impl Page for Versions {
    fn title(&self) -> String {
        "Versions of a billing profile".to_owned()
    }

    fn body(&self, frame: &Frame) -> Markup {
        let back = format!("/settings/profiles/{}", self.id);
        let rows = html! {
            @for row in &self.rows { tr { th.wrap scope="row" { (row.name) } (cells(row)) } }
        };
        let columns = [&[Column::text("Name")], &COLUMNS[1..6], VERSION, &COLUMNS[7..]].concat();
        html! {
            (crumbs(frame, &back, &self.name))
            (page_head("Versions",
                "Each tenant's period keeps the version with which it began; so do its invoices.",
                &html! {}))
            section.card aria-label="Versions" {
                (table((frame, "Versions"), &columns, &self.listing, &rows))
                (pager(frame, &self.listing))
            }
        }
    }

    fn samples() -> Vec<Self> {
        vec![Self {
            id: "prf_00000000000000000000000001".to_owned(),
            name: "<b>Small Office</b>".to_owned(),
            rows: vec![Row::sample()],
            listing: Listing::read("/settings/profiles/x/versions", None, VERSIONS),
        }]
    }
}

const VERSION: &[Column] = &[Column::amount("Version").sorted("version")];

pub(in crate::portal) async fn show(
    guest: Guest,
    RawQuery(query): RawQuery,
) -> Result<Response, Fault> {
    let (partner_id, app) = (guest.partner_id()?, guest.portal.app());
    let listing = Listing::read("/settings/profiles", query.as_deref(), KIND);
    let request = listing.request();
    let page = app.profiles(partner_id, &request).await?;
    let default = app.partner(partner_id).await?.default_profile;
    let zone = guest.zone()?;
    let place = |saved: &SavedProfile| (None, saved.version.profile_id.to_string());
    let (rows, listing) = listing.page((page, &request), place, |saved| Row {
        is_default: (saved.version.profile_id == default).then_some(()),
        ..Row::of(&saved, zone)
    });
    let may_change = guest.may(Ability::Change).then_some(());
    let notice = shell::notice(query.as_deref());
    Ok(shell::show(&guest, &Profiles { rows, listing, may_change, notice }))
}

pub(in crate::portal) async fn versions(
    guest: Guest,
    Path(id): Path<String>,
    RawQuery(query): RawQuery,
) -> Result<Response, Fault> {
    let profile_id: ProfileId = id.parse().map_err(|_| Fault::Nowhere)?;
    let (partner_id, app) = (guest.partner_id()?, guest.portal.app());
    let name = app.profile(partner_id, profile_id).await?.version.terms.name;
    let path = format!("/settings/profiles/{profile_id}/versions");
    let listing = Listing::read(&path, query.as_deref(), VERSIONS);
    let request = listing.request();
    let page = app.profile_versions(partner_id, profile_id, &request).await?;
    let zone = guest.zone()?;
    let place = |saved: &SavedProfile| {
        (Some(Key::Int(saved.version.version)), saved.version.profile_id.to_string())
    };
    let (rows, listing) = listing.page((page, &request), place, |saved| Row::of(&saved, zone));
    Ok(shell::show(&guest, &Versions { id, name, rows, listing }))
}
