//! Acting in the place of an account below, and back.

use app::error::AppError;
use axum::{extract::Path, response::Response};
use domain::{
    ids::{PartnerId, TenantId},
    user::Account,
};

use crate::portal::guest::{Fault, Guest};

/// The account that a form names: a partner, or a tenant of the partner that is looked at.
fn named(guest: &Guest) -> Result<Account, Fault> {
    let text = guest.fields.get("account");
    if let Ok(partner_id) = text.parse::<PartnerId>() {
        return Ok(Account::Partner(partner_id));
    }
    let tenant_id: TenantId = text.parse().map_err(|_| Fault::Nowhere)?;
    let partner_id = guest.standing()?.account().partner().ok_or(Fault::Nowhere)?;
    Ok(Account::Tenant(partner_id, tenant_id))
}

pub(in crate::portal) async fn go(guest: Guest) -> Result<Response, Fault> {
    move_to(&guest, Some(named(&guest)?)).await?;
    Ok(guest.go("/"))
}

pub(in crate::portal) async fn leave(guest: Guest) -> Result<Response, Fault> {
    move_to(&guest, None).await?;
    Ok(guest.go("/?done=left"))
}

async fn move_to(guest: &Guest, account: Option<Account>) -> Result<(), Fault> {
    let (visitor, visit) = (guest.visitor()?.clone(), guest.visit.clone());
    let work = async move |app: app::App| app.act_at((&visitor, &visit), account).await;
    match guest.portal.run(work).await {
        Ok(_) => Ok(()),
        // Which accounts there are elsewhere is nobody's business.
        Err(AppError::Forbidden(_)) => Err(Fault::Nowhere),
        Err(error) => Err(error.into()),
    }
}

/// The operator ends all sessions of a partner's team (AUT-08).
pub(in crate::portal) async fn end_sessions(
    guest: Guest,
    Path(partner): Path<String>,
) -> Result<Response, Fault> {
    let partner_id: PartnerId = partner.parse().map_err(|_| Fault::Nowhere)?;
    let asking = guest.asking()?;
    let work = async move |app: app::App| {
        app.noted(&asking, ("partner.sessions_ended", None), async |app| {
            app.end_sessions_of(partner_id).await?;
            Ok(partner_id.to_string())
        })
        .await
    };
    guest.portal.run(work).await?;
    Ok(guest.go("/?done=team-out"))
}
