//! One key: given other scopes or tenants, replaced by a twin, taken back.

use app::{
    error::{AppError, FieldError},
    keys::{KeyEdit, NewKey},
    resource,
};
use axum::{extract::Path, response::Response};
use domain::{api_key::ApiKey, ids::ApiKeyId};
use maud::{Markup, html};

use super::{
    PATH,
    form::{Created, Typed, shown_once},
    list::Row,
};
use crate::{
    api::write::Outcome,
    portal::{
        change::{ONCE_FIELD, Refusal},
        guest::{Fault, Guest},
        parts::{Confirm, card, crumbs, hidden, other_errors, page_head},
        shell::{self, Frame, Page},
    },
};

/// The form of a key that there is.
#[derive(Debug)]
pub(in crate::portal) struct Edit {
    row: Row,
    seen: i64,
    once: String,
    typed: Typed,
    errors: Vec<FieldError>,
}

impl Page for Edit {
    fn title(&self) -> String {
        "Edit API key".to_owned()
    }

    fn body(&self, frame: &Frame) -> Markup {
        let path = format!("{PATH}/{}", self.row.id);
        html! {
            (crumbs(frame, PATH, "API Keys"))
            (page_head(&self.row.name, &self.row.masked, &html! {}))
            (other_errors(&self.errors, Typed::NAMES))
            section.card.form aria-label="Scopes and tenants" {
                form.broad method="post" action=(frame.path(&path)) {
                    (frame.seal())
                    (hidden("seen", self.seen))
                    (self.typed.grant_fields(&self.errors))
                    div.form-end {
                        button.primary type="submit" { "Save" }
                        a href=(frame.path(PATH)) { "Cancel" }
                    }
                }
            }
            (card(("replace", "Replace the key"), &html! {}, &html! {
                div.inside {
                    p { "Makes a new key with the same name, scopes, tenants and limit, shows it "
                        "once, and revokes this one." }
                    form method="post" action=(frame.path(&format!("{path}/replace"))) {
                        (frame.seal())
                        (hidden(ONCE_FIELD, &self.once))
                        button.button type="submit" { "Replace" }
                    }
                }
            }))
        }
    }

    fn samples() -> Vec<Self> {
        let errors = ["scopes", "tenant_ids", ""].map(|field| FieldError {
            field: field.to_owned(),
            message: "is <i>wrong</i>".to_owned(),
        });
        let typed = Typed { tenants: "<b>ACME</b>".to_owned(), ..Typed::default() };
        let (row, once) = (Row::sample(), "req_1".to_owned());
        vec![Self { row, seen: 2, once, typed, errors: errors.into() }]
    }
}

async fn reached(guest: &Guest, id: &str) -> Result<ApiKey, Fault> {
    let key_id: ApiKeyId = id.parse().map_err(|_| Fault::Nowhere)?;
    Ok(guest.portal.app().key(Some(guest.partner_id()?), key_id).await?)
}

async fn page(guest: &Guest, key: &ApiKey) -> Result<Edit, Fault> {
    let (app, partner_id) = (guest.portal.app(), guest.partner_id()?);
    let mut prefixes = Vec::new();
    for tenant_id in key.grant.tenants.iter().flatten() {
        prefixes.push(app.tenant(partner_id, *tenant_id).await?.sip_prefix);
    }
    let typed = Typed {
        scopes: key.grant.scopes.iter().map(ToString::to_string).collect(),
        tenants: prefixes.join("\n"),
        ..Typed::default()
    };
    let row = Row::of(key, (guest.zone()?, app.clock.now()));
    Ok(Edit { row, seen: key.version, once: guest.once(), typed, errors: Vec::new() })
}

pub(super) async fn show(guest: Guest, Path(id): Path<String>) -> Result<Response, Fault> {
    let key = reached(&guest, &id).await?;
    Ok(shell::show(&guest, &page(&guest, &key).await?))
}

/// The form once more with why it was refused.
async fn refused(guest: &Guest, key: &ApiKey, error: AppError) -> Result<Response, Fault> {
    let Refusal { status, mut errors, is_stale } = Refusal::of(error)?;
    if is_stale.is_some() {
        let (who, when) = guest.last_to_change(&key.key_id.to_string()).await?;
        let message = format!(
            "{who} changed this key meanwhile ({when}). What you chose is kept: save it again."
        );
        errors.push(FieldError { field: String::new(), message });
    }
    let page = page(guest, key).await?;
    // What was chosen stays, unless nothing was to choose.
    let typed = if guest.fields.has("seen") { Typed::sent(&guest.fields) } else { page.typed };
    Ok(shell::with_status(guest, status, &Edit { typed, errors, ..page }))
}

pub(super) async fn save(guest: Guest, Path(id): Path<String>) -> Result<Response, Fault> {
    let key = reached(&guest, &id).await?;
    let (app, partner_id, key_id) = (guest.portal.app(), guest.partner_id()?, key.key_id);
    let seen: i64 = guest.fields.get("seen").parse().unwrap_or(-1);
    let typed = Typed::sent(&guest.fields);
    let grant = async {
        let scopes = typed.scopes(partner_id)?;
        let tenants = typed.tenants(app, partner_id).await?;
        Ok::<_, AppError>(KeyEdit { scopes: Some(scopes), tenants: Some(tenants) })
    };
    let edit = match grant.await {
        Ok(edit) => edit,
        Err(error) => return refused(&guest, &key, error).await,
    };
    let now = app.clock.now();
    let done = guest.write(async move |app| {
        let owner = Some(partner_id);
        let before = resource::ApiKey::of(&app.key(owner, key_id).await?, now);
        let key = app.edit_key((owner, None), (key_id, seen), &edit).await?;
        let outcome = Outcome::ok(&resource::ApiKey::of(&key, now))?;
        outcome.audited("api_key.edit", key_id, Some(&before))
    });
    match done.await? {
        Ok(()) => Ok(guest.go(&format!("{PATH}?done=saved"))),
        Err(error) => refused(&guest, &key, error).await,
    }
}

pub(super) async fn replace(guest: Guest, Path(id): Path<String>) -> Result<Response, Fault> {
    let key = reached(&guest, &id).await?;
    let (partner_id, key_id) = (guest.partner_id()?, key.key_id);
    let asking = guest.asking_once(&["replace", &id])?;
    let now = guest.portal.app().clock.now();
    let name = key.name.clone();
    let done = guest.write_as(asking, async move |app| {
        let owner = Some(partner_id);
        let old = app.key(owner, key_id).await?;
        if old.status(now) != domain::api_key::ApiKeyStatus::Active {
            return Err(AppError::Refused("the key does not work any more".to_owned()));
        }
        let new = NewKey {
            name: old.name,
            scopes: old.grant.scopes,
            tenants: old.grant.tenants,
            rate_per_minute: old.rate_per_minute,
            expires_at: old.expires_at,
        };
        let (twin, secret) = app.create_key(owner, None, &new).await?;
        let revoked = app.revoke_key((owner, None), key_id).await?;
        let before = resource::ApiKey::of(&revoked, now);
        let outcome = Outcome::ok(&resource::ApiKey::of(&twin, now))?;
        let outcome = outcome.audited("api_key.replace", key_id, Some(&before))?;
        Ok(outcome.revealing("secret", secret.reveal()))
    });
    match done.await {
        Ok(performed) => {
            let secret = shown_once(&performed);
            Ok(shell::show(&guest, &Created { name, secret }))
        }
        Err(error) => refused(&guest, &key, error).await,
    }
}

/// Asks once more before a key is taken back.
#[derive(Debug)]
pub(in crate::portal) struct Revoke {
    row: Row,
}

impl Page for Revoke {
    fn title(&self) -> String {
        "Revoke API key".to_owned()
    }

    fn body(&self, frame: &Frame) -> Markup {
        let confirm = Confirm {
            question: &format!("Revoke {}?", self.row.name),
            action: &format!("{PATH}/{}/revoke", self.row.id),
            button: "Revoke Key",
            back: PATH,
            seen: None,
        };
        let effects = html! {
            p { code { (self.row.masked) } " stops working within a minute, for good. Other keys "
                "go on." }
        };
        confirm.render(frame, &effects, &html! {})
    }

    fn samples() -> Vec<Self> {
        vec![Self { row: Row::sample() }]
    }
}

pub(super) async fn ask_revoke(guest: Guest, Path(id): Path<String>) -> Result<Response, Fault> {
    let key = reached(&guest, &id).await?;
    let row = Row::of(&key, (guest.zone()?, guest.portal.app().clock.now()));
    Ok(shell::show(&guest, &Revoke { row }))
}

pub(super) async fn revoke(guest: Guest, Path(id): Path<String>) -> Result<Response, Fault> {
    let key = reached(&guest, &id).await?;
    let (partner_id, now) = (guest.partner_id()?, guest.portal.app().clock.now());
    let done = guest.write(async move |app| {
        let before = resource::ApiKey::of(&key, now);
        let key = app.revoke_key((Some(partner_id), None), key.key_id).await?;
        let outcome = Outcome::ok(&resource::ApiKey::of(&key, now))?;
        outcome.audited("api_key.revoke", key.key_id, Some(&before))
    });
    done.await??;
    Ok(guest.go(&format!("{PATH}?done=key-revoked")))
}
