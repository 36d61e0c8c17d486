//! Whom one can be in the demo: two of each layer, and how to sign in as them.
//!
//! Decided here: their addresses and the one password that all of them share. They are of this
//! invented business only, and the demo serves this machine only.

use anyhow::Context;
use app::{
    App,
    people::NewUser,
    portals::Portals,
    setup::{TenantFilter, TenantSort},
};
use domain::{
    paging::PageRequest,
    user::{Account, Layer, Role},
};

use super::{summary::EXAMPLE_TENANT, world::PARTNERS};
use crate::cli::Output;

/// The password of everybody in the demo.
const PASSWORD: &str = "Demo-Password-1";

/// Somebody of the demo.
struct Plan {
    role: Role,
    name: &'static str,
    email: String,
}

fn plans() -> Vec<Plan> {
    let domain = PARTNERS[0].domain;
    let plan = |role, name, email: &str| Plan { role, name, email: email.to_owned() };
    vec![
        plan(Role::OperatorAdmin, "Olga Prentice", "admin@northern-trunk.example"),
        plan(Role::OperatorViewer, "Oscar Lund", "viewer@northern-trunk.example"),
        plan(Role::PartnerAdmin, "Paula Reyes", &format!("admin@{domain}")),
        plan(Role::PartnerUser, "Pete Osei", &format!("user@{domain}")),
        plan(Role::TenantAdmin, "Tara Bright", "admin@bright-loop.example"),
        plan(Role::TenantUser, "Tom Ferro", "user@bright-loop.example"),
    ]
}

/// Makes everybody.
pub(super) async fn make(app: &App) -> anyhow::Result<()> {
    let partner_id = app.partner_named(PARTNERS[0].slug).await?.partner_id;
    let filter = TenantFilter { text: Some(EXAMPLE_TENANT.to_owned()), ..Default::default() };
    let page = (TenantSort::Created, &PageRequest::newest(1));
    let tenants = app.tenants(partner_id, filter, page).await?;
    let tenant_id = tenants.rows.first().context("the demo's example tenant")?.tenant_id;
    for Plan { role, name, email } in plans() {
        let account = match role.layer() {
            Layer::Operator => Account::Operator,
            Layer::Partner => Account::Partner(partner_id),
            Layer::Tenant => Account::Tenant(partner_id, tenant_id),
        };
        let new = NewUser { email, name: name.to_owned(), role };
        app.create_user(account, &new, PASSWORD).await?;
    }
    Ok(())
}

/// Says who can sign in where.
pub(super) fn show(app: &App, output: &mut Output) -> anyhow::Result<()> {
    let mut text = format!("SIGN IN (every password is {PASSWORD})\n");
    let slug = PARTNERS[0].slug;
    for (title, portal, layer) in [
        ("operator", None, Layer::Operator),
        (PARTNERS[0].brand, Some(slug), Layer::Partner),
        (EXAMPLE_TENANT, Some(slug), Layer::Tenant),
    ] {
        let path = match (&app.platform.portals, portal) {
            (Portals::Hosts { .. }, portal) => app.platform.portal(portal) + "/sign-in",
            (_, None) => "/sign-in".to_owned(),
            (_, Some(slug)) => format!("/p/{slug}/sign-in"),
        };
        text += &format!("  {title:<22}  {path}\n");
        for plan in plans().iter().filter(|plan| plan.role.layer() == layer) {
            text += &format!("    {:<20}  {}\n", plan.role.title(), plan.email);
        }
    }
    output.text(&(text + "\n"))?;
    Ok(())
}
