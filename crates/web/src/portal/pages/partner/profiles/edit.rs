//! One profile: made, looked at, changed, made the default.

use app::{
    App,
    error::{AppError, FieldError},
    resource,
    setup::{PartnerEdit, PriceExample, SavedProfile},
};
use axum::{
    extract::{Path, RawQuery},
    http::StatusCode,
    response::Response,
};
use domain::{
    ids::{PartnerId, ProfileId},
    money::Currency,
    paging::PageRequest,
    profile::{ProfileTerms, ProfileVersion, ProfileWarning},
    user::Ability,
};
use maud::{Markup, html};

use super::form::{Shelf, Typed, as_in_form, example_fields, other_fields, price_fields};
use crate::{
    api::{routes::profile_terms::BillingProfileChanges, write::Outcome},
    portal::{
        change::Refusal,
        guest::{Fault, Guest},
        parts::{
            Choice, Column, Stale, alert, badge, card, crumbs, hidden, money, other_errors,
            page_head, table_of,
        },
        shell::{self, Frame, Page, told},
    },
};

/// Decks and profiles that a form lets one choose from; the newest.
const CHOICES: u16 = 200;

/// The example, ready to be read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(in crate::portal) struct Example {
    /// What, how many, the price of one, the amount.
    lines: Vec<[String; 4]>,
    total: String,
}

/// The form of a profile, new or not.
#[derive(Debug, Clone)]
pub(in crate::portal) struct Editor {
    /// The profile that is edited; none while it is new.
    id: Option<String>,
    /// The version that was looked at.
    seen: i64,
    /// What the page is called.
    name: String,
    typed: Typed,
    shelf: Shelf,
    example: Option<Example>,
    warnings: Vec<String>,
    errors: Vec<FieldError>,
    stale: Option<Stale>,
    is_default: Option<()>,
    may_change: Option<()>,
    notice: Option<&'static str>,
}

impl Page for Editor {
    fn title(&self) -> String {
        if self.id.is_some() { "Billing profile" } else { "New billing profile" }.to_owned()
    }

    fn body(&self, frame: &Frame) -> Markup {
        html! {
            (crumbs(frame, "/settings/profiles", "Billing Config"))
            (told(self.notice))
            (page_head(&self.name, "", &self.actions(frame)))
            @if self.is_default.is_some() {
                p { (badge("plain", "Default")) " New tenants get this profile unless another one "
                    "is chosen." }
            }
            @if let Some(stale) = &self.stale { (stale.render()) }
            (other_errors(&self.errors, Typed::NAMES))
            @for warning in &self.warnings { (alert("warning", warning)) }
            (self.form(frame))
        }
    }

    fn samples() -> Vec<Self> {
        let typed = Typed { name: "<script>alert(1)</script>".to_owned(), ..Typed::blank() };
        let line = ["Extensions", "7", "$15.00", "$105.00"].map(str::to_owned);
        let choice = Choice::new("dck_1", "<b>International</b> with a long, long, long name");
        let full = Self {
            id: Some("prf_00000000000000000000000001".to_owned()),
            seen: 3,
            name: "<b>Small Office</b>".to_owned(),
            typed,
            shelf: Shelf {
                decks: vec![choice.clone()],
                profiles: vec![choice],
                sign: "$".to_owned(),
            },
            example: Some(Example { lines: vec![line], total: "$105.00".to_owned() }),
            warnings: vec!["Per Minute: $0.01 is below your cost.".to_owned()],
            errors: Vec::new(),
            stale: None,
            is_default: Some(()),
            may_change: Some(()),
            notice: Some("Saved."),
        };
        let errors = Typed::NAMES.iter().chain(&["elsewhere"]).map(|field| FieldError {
            field: (*field).to_owned(),
            message: "is <i>not</i> what it should be".to_owned(),
        });
        let stale = Stale {
            what: "this profile".to_owned(),
            who: "<b>Ada</b>".to_owned(),
            when: "Nov 24, 2026, 18:05".to_owned(),
            differences: vec![("Name".to_owned(), "<b>A</b>".to_owned(), "B".to_owned())],
        };
        let wrong = Self { errors: errors.collect(), stale: Some(stale), ..full.clone() };
        let new = Self { id: None, example: None, warnings: Vec::new(), ..full.clone() };
        let looked_at = Self { may_change: None, is_default: None, ..full.clone() };
        vec![full, wrong, new, looked_at]
    }
}

impl Editor {
    fn path(&self, what: &str) -> String {
        let id = self.id.as_deref().unwrap_or_default();
        format!("/settings/profiles/{id}{what}")
    }

    fn actions(&self, frame: &Frame) -> Markup {
        html! {
            @if self.id.is_some() {
                a.button href=(frame.path(&self.path("/versions"))) { "Versions" }
                @if self.may_change.is_some() {
                    @if self.is_default.is_none() {
                        form method="post" action=(frame.path(&self.path("/default"))) {
                            (frame.seal())
                            button.button type="submit" { "Make default" }
                        }
                    }
                    a.button href=(frame.path(&self.path("/delete"))) { "Delete" }
                }
            }
        }
    }

    fn form(&self, frame: &Frame) -> Markup {
        let to = if self.id.is_some() { self.path("") } else { "/settings/profiles".to_owned() };
        let prices = price_fields(&self.typed, &self.shelf, &self.errors);
        let other = other_fields(&self.typed, &self.shelf, &self.errors);
        let none = html! {};
        html! {
            form.broad.profile-form method="post" action=(frame.path(&to)) {
                (frame.seal())
                (hidden("seen", self.seen))
                div.halves {
                    (card(("prices", "Prices"), &none, &html! { div.inside { (prices) } }))
                    div {
                        (card(("example", "Price example"), &none, &self.example(frame)))
                        (card(("more", "More"), &none, &html! { div.inside { (other) } }))
                    }
                }
                @if self.may_change.is_some() {
                    div.form-end {
                        button.primary type="submit" name="do" value="save" {
                            @if self.id.is_some() { "Save" } @else { "Create Profile" }
                        }
                        a href=(frame.path("/settings/profiles")) { "Cancel" }
                    }
                } @else {
                    p.quietly { "Only an administrator can change profiles." }
                }
            }
        }
    }

    fn example(&self, frame: &Frame) -> Markup {
        const COLUMNS: &[Column] = &[
            Column::text("What"),
            Column::amount("How many"),
            Column::amount("Each"),
            Column::amount("Amount"),
        ];
        html! {
            div.inside {
                p.hint { "What a tenant with these would pay for a whole period, before tax." }
                (example_fields(&self.typed, &self.errors))
                // The first button of a form is the one that Enter presses: here it saves nothing.
                button.button type="submit" name="do" value="preview" { "Show the price" }
            }
            @if let Some(example) = &self.example {
                (table_of((frame, "Price example"), COLUMNS, &html! {
                    @for [what, quantity, price, amount] in &example.lines {
                        tr {
                            th scope="row" { (what) }
                            td.amount { (quantity) }
                            td.amount { (price) }
                            td.amount { (money(amount)) }
                        }
                    }
                    tr {
                        th scope="row" colspan="3" { "Total" }
                        td.amount { strong { (money(&example.total)) } }
                    }
                }))
            }
        }
    }
}

impl Example {
    fn of(example: &PriceExample) -> Self {
        let currency = example.currency;
        let lines = example.invoice.lines.iter().map(|line| {
            let facts = line.facts();
            let price = line.unit_price().map_or(String::new(), |it| currency.display_rate(it));
            let quantity = app::documents::quantity(facts.quantity, &facts.unit);
            let what = facts.description.clone();
            [what, quantity, price, currency.display(line.amount())]
        });
        Self { lines: lines.collect(), total: currency.display(example.invoice.total) }
    }
}

/// What the partner has that a form lets one choose from.
async fn shelf(
    app: &App,
    partner_id: PartnerId,
    (own, currency): (Option<ProfileId>, Currency),
) -> Result<Shelf, AppError> {
    let page = PageRequest::newest(CHOICES);
    let decks = app.decks(Some(partner_id), &page).await?.rows;
    let profiles = app.profiles(partner_id, &page).await?.rows;
    let decks = decks.into_iter().map(|deck| Choice::new(deck.deck_id.to_string(), deck.name));
    let is_target =
        |it: &SavedProfile| it.version.terms.trial.is_none() && Some(it.version.profile_id) != own;
    let profiles = profiles
        .into_iter()
        .filter(is_target)
        .map(|it| Choice::new(it.version.profile_id.to_string(), it.version.terms.name));
    Ok(Shelf {
        decks: decks.collect(),
        profiles: profiles.collect(),
        sign: currency.code().to_owned(),
    })
}

/// The example and the warnings of terms, as the form imagines a tenant.
async fn tried(
    app: &App,
    partner_id: PartnerId,
    (terms, typed): (&ProfileTerms, &Typed),
) -> Result<(Option<Example>, Vec<String>), Refusal> {
    let wrong =
        |errors| Refusal { status: StatusCode::UNPROCESSABLE_ENTITY, errors, is_stale: None };
    let imagined = typed.imagined().map_err(wrong)?;
    match app.price_example(partner_id, terms, imagined).await {
        Ok(example) => {
            let warnings = example.warnings.iter().map(|it| told_as(it, example.currency));
            Ok((Some(Example::of(&example)), warnings.collect()))
        }
        Err(error) => Err(Refusal::field("", error.to_string())),
    }
}

/// A warning in the words of the form.
fn told_as(warning: &ProfileWarning, currency: Currency) -> String {
    let shown = |rate| currency.display_rate(rate);
    match warning {
        ProfileWarning::TollFreeBelowStandard { toll_free, standard } => format!(
            "Toll-Free DIDs at {} are cheaper than standard ones at {}.",
            shown(*toll_free),
            shown(*standard)
        ),
        ProfileWarning::BelowCost { field, rate, cost } => {
            let name = match *field {
                "extension_rate" => "Extension per month",
                "did_rate" => "Standard DID per month",
                "toll_free_did_rate" => "Toll-Free DID per month",
                "local_minute_rate" => "Per local minute",
                "toll_free_minute_rate" => "Per toll-free minute",
                _ => "Per Minute",
            };
            format!("{name}: {} is below your cost of {}.", shown(*rate), shown(*cost))
        }
        ProfileWarning::IncludedUnused => {
            "Pay-As-You-Go charges every unit: included quantities have no effect.".to_owned()
        }
    }
}

/// The page of a new profile.
async fn editor(guest: &Guest, typed: Typed) -> Result<Editor, Fault> {
    let partner_id = guest.partner_id()?;
    let app = guest.portal.app();
    let currency = app.partner(partner_id).await?.currency;
    Ok(Editor {
        id: None,
        seen: 0,
        name: "New billing profile".to_owned(),
        typed,
        shelf: shelf(app, partner_id, (None, currency)).await?,
        example: None,
        warnings: Vec::new(),
        errors: Vec::new(),
        stale: None,
        is_default: None,
        may_change: guest.may(Ability::Change).then_some(()),
        notice: None,
    })
}

pub(super) async fn blank(guest: Guest) -> Result<Response, Fault> {
    Ok(shell::show(&guest, &editor(&guest, Typed::blank()).await?))
}

pub(super) async fn create(guest: Guest) -> Result<Response, Fault> {
    let partner_id = guest.partner_id()?;
    let app = guest.portal.app();
    let typed = Typed::sent(&guest.fields);
    let currency = app.partner(partner_id).await?.currency;
    let read = typed.input().map_err(AppError::Invalid);
    let terms = read.and_then(|input| input.terms(currency));
    let page = editor(&guest, typed.clone()).await?;
    let terms = match terms {
        Ok(terms) => terms,
        Err(error) => return refused(&guest, page, Refusal::of(error)?),
    };
    if guest.fields.get("do") == "preview" {
        return previewed(&guest, page, (partner_id, &terms)).await;
    }
    let created = guest.write(async move |app| {
        let saved = app.create_profile(partner_id, &terms).await?;
        let profile = resource::BillingProfile::from(&saved);
        Outcome::ok(&profile)?.audited("billing_profile.create", profile.id, None::<&()>)
    });
    match created.await? {
        Ok(()) => Ok(guest.go("/settings/profiles?done=profile-created")),
        Err(error) => refused(&guest, page, Refusal::of(error)?),
    }
}

/// The page with what the typed terms would mean; nothing is saved.
async fn previewed(
    guest: &Guest,
    page: Editor,
    (partner_id, terms): (PartnerId, &ProfileTerms),
) -> Result<Response, Fault> {
    match tried(guest.portal.app(), partner_id, (terms, &page.typed)).await {
        Ok((example, warnings)) => Ok(shell::show(guest, &Editor { example, warnings, ..page })),
        Err(refusal) => refused(guest, page, refusal),
    }
}

fn refused(guest: &Guest, page: Editor, refusal: Refusal) -> Result<Response, Fault> {
    let page = Editor { errors: as_in_form(refusal.errors), ..page };
    Ok(shell::with_status(guest, refusal.status, &page))
}

/// The page of a profile by its latest version, with the form as that fills it.
async fn of_profile(guest: &Guest, saved: &SavedProfile) -> Result<Editor, Fault> {
    let partner_id = guest.partner_id()?;
    let app = guest.portal.app();
    let partner = app.partner(partner_id).await?;
    let profile_id = saved.version.profile_id;
    let terms = &saved.version.terms;
    Ok(Editor {
        id: Some(profile_id.to_string()),
        seen: saved.version.version,
        name: terms.name.clone(),
        shelf: shelf(app, partner_id, (Some(profile_id), saved.currency)).await?,
        is_default: (partner.default_profile == profile_id).then_some(()),
        ..editor(guest, Typed::of(terms, saved.currency)).await?
    })
}

pub(super) async fn reached(guest: &Guest, id: &str) -> Result<SavedProfile, Fault> {
    let profile_id: ProfileId = id.parse().map_err(|_| Fault::Nowhere)?;
    Ok(guest.portal.app().profile(guest.partner_id()?, profile_id).await?)
}

pub(super) async fn show(
    guest: Guest,
    Path(id): Path<String>,
    RawQuery(query): RawQuery,
) -> Result<Response, Fault> {
    let saved = reached(&guest, &id).await?;
    let page = of_profile(&guest, &saved).await?;
    let app = guest.portal.app();
    let terms = (&saved.version.terms, &page.typed);
    let (example, warnings) = tried(app, guest.partner_id()?, terms).await.unwrap_or_default();
    let notice = shell::notice(query.as_deref());
    Ok(shell::show(&guest, &Editor { example, warnings, notice, ..page }))
}

pub(super) async fn save(guest: Guest, Path(id): Path<String>) -> Result<Response, Fault> {
    let saved = reached(&guest, &id).await?;
    let (partner_id, profile_id) = (guest.partner_id()?, saved.version.profile_id);
    let seen: i64 = guest.fields.get("seen").parse().unwrap_or(-1);
    let typed = Typed::sent(&guest.fields);
    let page = Editor { typed, seen, ..of_profile(&guest, &saved).await? };
    let edit = match edit_of(&page.typed, &saved) {
        Ok(edit) => edit,
        Err(error) => return refused(&guest, page, Refusal::of(error)?),
    };
    if guest.fields.get("do") == "preview" {
        let base = ProfileVersion { profile_id, version: 0, terms: saved.version.terms.clone() };
        let next =
            base.next(edit).map_err(|error| Fault::from(AppError::Broken(error.to_string())));
        return previewed(&guest, page, (partner_id, &next?.terms)).await;
    }
    let edited = guest.write(async move |app| {
        let before = app.profile(partner_id, profile_id).await?;
        let saved = app.edit_profile(partner_id, (profile_id, seen), &edit).await?;
        let before = resource::BillingProfile::from(&before);
        let outcome = Outcome::ok(&resource::BillingProfile::from(&saved))?;
        outcome.audited("billing_profile.edit", profile_id, Some(&before))
    });
    match edited.await? {
        Ok(()) => Ok(guest.go(&format!("/settings/profiles/{profile_id}?done=saved"))),
        Err(error) => {
            let refusal = Refusal::of(error)?;
            match refusal.is_stale {
                Some(()) => stale(&guest, (page, &saved), refusal.status).await,
                None => refused(&guest, page, refusal),
            }
        }
    }
}

fn edit_of(typed: &Typed, saved: &SavedProfile) -> Result<domain::profile::ProfileEdit, AppError> {
    let input = typed.input().map_err(AppError::Invalid)?;
    BillingProfileChanges::from(input).edit(&saved.version, saved.currency)
}

/// The page once more, over what somebody else saved meanwhile: what was typed is kept.
async fn stale(
    guest: &Guest,
    (page, saved): (Editor, &SavedProfile),
    status: StatusCode,
) -> Result<Response, Fault> {
    let now = Typed::of(&saved.version.terms, saved.currency);
    let pairs = [
        ("Name", &now.name, &page.typed.name),
        ("Monthly base fee", &now.base_fee, &page.typed.base_fee),
        ("Included extensions", &now.included_extensions, &page.typed.included_extensions),
        ("Included DIDs", &now.included_dids, &page.typed.included_dids),
        ("Included minutes", &now.included_minutes, &page.typed.included_minutes),
        ("Extension per month", &now.extension_rate, &page.typed.extension_rate),
        ("Standard DID per month", &now.did_rate, &page.typed.did_rate),
        ("Toll-Free DID per month", &now.toll_free_did_rate, &page.typed.toll_free_did_rate),
        ("Per Minute", &now.minute_rate, &page.typed.minute_rate),
    ];
    let differences = pairs.into_iter().filter(|(_, now, typed)| now != typed);
    let differences = differences
        .map(|(name, now, typed)| (name.to_owned(), now.clone(), typed.clone()))
        .collect();
    let id = saved.version.profile_id.to_string();
    let (who, when) = guest.last_to_change(&id).await?;
    let stale = Stale { what: "this profile".to_owned(), who, when, differences };
    let page = Editor { seen: saved.version.version, stale: Some(stale), ..page };
    Ok(shell::with_status(guest, status, &page))
}

pub(super) async fn make_default(guest: Guest, Path(id): Path<String>) -> Result<Response, Fault> {
    let (partner_id, profile_id) =
        (guest.partner_id()?, reached(&guest, &id).await?.version.profile_id);
    let done = guest.write(async move |app| {
        let before = app.partner(partner_id).await?;
        let edit = PartnerEdit { default_profile: Some(profile_id), ..PartnerEdit::default() };
        let partner = app.edit_partner((partner_id, before.version), &edit).await?;
        let before = resource::Partner::from(&before);
        let outcome = Outcome::ok(&resource::Partner::from(&partner))?;
        outcome.audited("partner.edit", partner_id, Some(&before))
    });
    done.await??;
    Ok(guest.go(&format!("/settings/profiles/{profile_id}?done=saved")))
}
