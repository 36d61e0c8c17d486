//! Finding things by the names people give them.

use domain::{
    account::{Partner, Source},
    ids::PartnerId,
};

use crate::{
    App,
    error::{AppError, Result},
};

/// Rows in one page of a walk over everything.
const PAGE: i64 = 500;

impl App {
    /// The source called `name`; it is made where there is none.
    pub async fn source(&self, name: &str, owner: Option<PartnerId>) -> Result<Source> {
        let is_name =
            !name.trim().is_empty() && name.len() <= 100 && !name.chars().any(char::is_control);
        if !is_name {
            return Err(AppError::invalid("source", "give a name of 1 to 100 printable bytes"));
        }
        let now = self.clock.now();
        self.db
            .write(async |tx| store::sources::find_or_create(tx, owner, name, now).await)
            .await
            .map_err(AppError::from)
    }

    /// The partner with this slug.
    pub async fn partner_named(&self, slug: &str) -> Result<Partner> {
        let mut tx = self.db.begin_read().await?;
        let found = store::partners::find_by_slug(&mut tx, slug).await?;
        tx.commit().await?;
        found.ok_or_else(|| AppError::not_found("partner", slug))
    }

    /// The partner with this id or slug.
    pub async fn partner_called(&self, name: &str) -> Result<Partner> {
        let Ok(partner_id) = name.parse::<PartnerId>() else {
            return self.partner_named(name).await;
        };
        let mut tx = self.db.begin_single().await?;
        let found = store::partners::find(&mut tx, partner_id).await?;
        tx.commit().await?;
        found.ok_or_else(|| AppError::not_found("partner", name))
    }

    /// The partner's oldest profile with this name.
    pub async fn profile_named(
        &self,
        partner_id: PartnerId,
        name: &str,
    ) -> Result<store::profiles::Profile> {
        let mut tx = self.db.begin_read().await?;
        let mut last = None;
        loop {
            let page = store::profiles::page(&mut tx, partner_id, last, PAGE).await?;
            let Some(end) = page.last() else { break };
            last = Some(end.profile_id);
            if let Some(found) = page.iter().find(|profile| profile.name == name) {
                let found = found.clone();
                tx.commit().await?;
                return Ok(found);
            }
        }
        Err(AppError::not_found("profile", name))
    }

    /// All partners' ids, or the one asked for.
    pub async fn partner_ids(&self, only: Option<PartnerId>) -> Result<Vec<PartnerId>> {
        if let Some(partner_id) = only {
            return Ok(vec![partner_id]);
        }
        let mut tx = self.db.begin_read().await?;
        let mut ids = Vec::new();
        loop {
            let page = store::partners::page(&mut tx, ids.last().copied(), PAGE).await?;
            ids.extend(page.iter().map(|partner| partner.partner_id));
            if page.len() < usize::try_from(PAGE).unwrap_or(usize::MAX) {
                break;
            }
        }
        tx.commit().await?;
        Ok(ids)
    }

    /// All sources, or those of one partner.
    pub(crate) async fn sources(&self, owner: Option<PartnerId>) -> Result<Vec<Source>> {
        let mut tx = self.db.begin_read().await?;
        let sources = store::sources::all(&mut tx, owner).await?;
        tx.commit().await?;
        Ok(sources)
    }
}
