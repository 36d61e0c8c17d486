//! The form of a key, and the page that shows a new key's text once.

use std::collections::BTreeSet;

use app::{
    App,
    error::{AppError, FieldError},
    keys::NewKey,
    resource,
};
use axum::response::Response;
use domain::{
    api_key::{Category, DEFAULT_RATE, Scope},
    ids::{PartnerId, TenantId},
    time::{Day, Zone},
};
use maud::{Markup, html};

use super::PATH;
use crate::{
    api::write::Outcome,
    portal::{
        change::{ONCE_FIELD, Refusal, said},
        fields::Fields,
        guest::{Fault, Guest},
        parts::{Area, Choice, Field, Group, alert, crumbs, hidden, other_errors, page_head, tick},
        shell::{self, Frame, Page},
    },
};

/// Most tenants that a form names.
const MAX_TENANTS: usize = 200;

/// What is typed into the form of a key.
#[derive(Debug, Clone, Default)]
pub(super) struct Typed {
    pub(super) name: String,
    pub(super) scopes: Vec<String>,
    pub(super) all: Option<()>,
    pub(super) tenants: String,
    pub(super) rate: String,
    pub(super) expires: String,
}

impl Typed {
    pub(super) const NAMES: &'static [&'static str] =
        &["name", "scopes", "tenant_ids", "rate_limit", "expires_at"];

    pub(super) fn sent(fields: &Fields) -> Self {
        let scopes = fields.all("scopes").iter().take(40);
        Self {
            name: fields.typed("name", 254),
            scopes: scopes.map(|it| it.chars().take(60).collect()).collect(),
            all: fields.has("all").then_some(()),
            tenants: fields.typed("tenant_ids", 4_000),
            rate: fields.typed("rate_limit", 24),
            expires: fields.typed("expires_at", 10),
        }
    }

    /// What the key may do.
    pub(super) fn scopes(&self, owner: PartnerId) -> Result<BTreeSet<Scope>, AppError> {
        if self.all.is_some() {
            return Ok(Scope::all_of(Some(owner)));
        }
        let read: Result<BTreeSet<Scope>, _> = self.scopes.iter().map(|it| it.parse()).collect();
        read.map_err(|error| AppError::invalid("scopes", error.to_string()))
    }

    /// The only tenants it reaches, by their SIP prefixes; all where nothing is typed.
    pub(super) async fn tenants(
        &self,
        app: &App,
        owner: PartnerId,
    ) -> Result<Option<BTreeSet<TenantId>>, AppError> {
        let named: Vec<&str> =
            self.tenants.split([',', '\n', ' ', '\r', '\t']).filter(|it| !it.is_empty()).collect();
        if named.is_empty() {
            return Ok(None);
        }
        if named.len() > MAX_TENANTS {
            let message = format!("must be at most {MAX_TENANTS}");
            return Err(AppError::invalid("tenant_ids", message));
        }
        let mut found = BTreeSet::new();
        for prefix in named {
            let tenant = app.tenant_with_prefix(owner, prefix).await?;
            let none = || AppError::invalid("tenant_ids", format!("{prefix:?} is no SIP prefix"));
            found.insert(tenant.ok_or_else(none)?.tenant_id);
        }
        Ok(Some(found))
    }

    /// The fields of scopes and tenants.
    pub(super) fn grant_fields(&self, errors: &[FieldError]) -> Markup {
        let partners = Category::ALL.iter().filter(|it| **it != Category::Operator);
        let choices: Vec<Choice> = partners
            .flat_map(|category| {
                let name = category.as_str().replace('_', " ");
                [
                    Choice::new(Scope::read(*category).to_string(), format!("{name}: read")),
                    Choice::new(Scope::write(*category).to_string(), format!("{name}: write")),
                ]
            })
            .collect();
        html! {
            (tick(("all", "Select All", "Everything below, whatever is ticked there."), self.all))
            (Group::boxes("scopes", "Scopes").errors(errors)
                .hint("As few as the integration needs.").render(&choices, &self.scopes))
            (Area::new("tenant_ids", "Tenant Scope").value(&self.tenants).longest(4_000)
                .errors(errors).hint("SIP prefixes of the only tenants it reaches, one a line. \
                    Blank: all tenants. Name some for integrations of others.").render())
        }
    }
}

/// The form of a new key.
#[derive(Debug, Clone)]
pub(in crate::portal) struct NewKeyForm {
    typed: Typed,
    once: String,
    errors: Vec<FieldError>,
}

impl Page for NewKeyForm {
    fn title(&self) -> String {
        "Create API key".to_owned()
    }

    fn body(&self, frame: &Frame) -> Markup {
        html! {
            (crumbs(frame, PATH, "API Keys"))
            (page_head("Create API Key", "", &html! {}))
            (other_errors(&self.errors, Typed::NAMES))
            section.card.form aria-label="New API key" {
                form.broad method="post" action=(frame.path(PATH)) {
                    (frame.seal())
                    (hidden(ONCE_FIELD, &self.once))
                    (Field::text("name", "Name").value(&self.typed.name).errors(&self.errors)
                        .hint("Of the integration; it cannot be changed later.").render())
                    (self.typed.grant_fields(&self.errors))
                    div.columns {
                        (Field::number("rate_limit", "Rate Limit").value(&self.typed.rate)
                            .errors(&self.errors).hint("Requests a minute, at most 10,000")
                            .render())
                        (Field::day("expires_at", "Expires").value(&self.typed.expires)
                            .errors(&self.errors).optional().hint("Empty: never").render())
                    }
                    div.form-end {
                        button.primary type="submit" { "Create Key" }
                        a href=(frame.path(PATH)) { "Cancel" }
                    }
                }
            }
        }
    }

    fn samples() -> Vec<Self> {
        let typed = Typed {
            name: "<script>alert(1)</script>".to_owned(),
            scopes: vec!["billing:read".to_owned()],
            all: Some(()),
            tenants: "</textarea><b>".to_owned(),
            rate: "100".to_owned(),
            expires: "2027-01-01".to_owned(),
        };
        let errors = Typed::NAMES.iter().chain(&["other"]).map(|field| FieldError {
            field: (*field).to_owned(),
            message: "is <i>wrong</i>".to_owned(),
        });
        let once = "req_1".to_owned();
        vec![
            Self { typed: Typed::default(), once: once.clone(), errors: Vec::new() },
            Self { typed, once, errors: errors.collect() },
        ]
    }
}

/// A new key's text, shown this once.
#[derive(Debug)]
pub(in crate::portal) struct Created {
    pub(super) name: String,
    pub(super) secret: Option<String>,
}

impl Page for Created {
    fn title(&self) -> String {
        "API key".to_owned()
    }

    fn body(&self, frame: &Frame) -> Markup {
        html! {
            section.panel.wide-panel {
                h1 { (self.name) }
                @match &self.secret {
                    Some(secret) => {
                        (alert("warning", "Copy the key now. It is shown this once; a lost key \
                            cannot be got back."))
                        p.secret { code { (secret) } }
                    }
                    None => {
                        (alert("plain", "This key was made before, and its text was shown then. \
                            If it is lost, replace the key."))
                    }
                }
                p.below { a href=(frame.path(PATH)) { "Go to the API keys" } }
            }
        }
    }

    fn samples() -> Vec<Self> {
        let name = "<b>Accounting</b>".to_owned();
        vec![
            Self { name: name.clone(), secret: Some("sk_test_0123456789abcdef".to_owned()) },
            Self { name, secret: None },
        ]
    }
}

pub(super) async fn blank(guest: Guest) -> Result<Response, Fault> {
    let typed = Typed { rate: DEFAULT_RATE.to_string(), ..Typed::default() };
    Ok(shell::show(&guest, &NewKeyForm { typed, once: guest.once(), errors: Vec::new() }))
}

/// The key that the form means.
async fn read(
    app: &App,
    owner: PartnerId,
    (typed, zone): (&Typed, &Zone),
) -> Result<NewKey, AppError> {
    let rate = typed.rate.trim().parse();
    let rate = rate.map_err(|_| AppError::invalid("rate_limit", "must be a whole number"))?;
    let expires = typed.expires.trim();
    let expires_at = if expires.is_empty() {
        None
    } else {
        let day = Day::parse(expires);
        let day = day.map_err(|error| AppError::invalid("expires_at", error.to_string()))?;
        Some(zone.start_of(day))
    };
    Ok(NewKey {
        name: typed.name.trim().to_owned(),
        scopes: typed.scopes(owner)?,
        tenants: typed.tenants(app, owner).await?,
        rate_per_minute: rate,
        expires_at,
    })
}

pub(super) async fn create(guest: Guest) -> Result<Response, Fault> {
    let (app, partner_id) = (guest.portal.app(), guest.partner_id()?);
    let typed = Typed::sent(&guest.fields);
    let zone = &guest.visitor()?.account.zone;
    let made = match read(app, partner_id, (&typed, zone)).await {
        Ok(new) => make(&guest, partner_id, new).await?,
        Err(error) => Err(error),
    };
    match made {
        Ok(page) => Ok(shell::show(&guest, &page)),
        Err(error) => {
            let Refusal { status, errors, .. } = Refusal::of(error)?;
            let page = NewKeyForm { typed, once: guest.once(), errors };
            Ok(shell::with_status(&guest, status, &page))
        }
    }
}

/// Makes a key, once for the form's key.
async fn make(
    guest: &Guest,
    partner_id: PartnerId,
    new: NewKey,
) -> Result<Result<Created, AppError>, Fault> {
    let (asking, now) = (guest.asking_once(&["key", &new.name])?, guest.portal.app().clock.now());
    let name = new.name.clone();
    let made = guest.write_as(asking, async move |app| {
        let (key, secret) = app.create_key(Some(partner_id), None, &new).await?;
        let outcome = Outcome::ok(&resource::ApiKey::of(&key, now))?;
        let outcome = outcome.audited("api_key.create", key.key_id, None::<&()>)?;
        Ok(outcome.revealing("secret", secret.reveal()))
    });
    Ok(made.await.map(|performed| Created { name, secret: shown_once(&performed) }))
}

/// The secret in an answer that is given for the first time.
pub(super) fn shown_once(performed: &app::requests::Performed) -> Option<String> {
    let is_first = matches!(performed, app::requests::Performed::Now(_));
    is_first.then(|| said(performed, "secret"))
}
