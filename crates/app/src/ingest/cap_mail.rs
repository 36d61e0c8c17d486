//! The mail that tells a partner that a tenant has used up a cap, or most of it.
//!
//! Decided here: plain text, in the partner's brand, to its billing address and to nobody else
//! (LIM-08, LIM-10). One mail for a threshold, one for a cap, per cycle (LIM-07); each suspension
//! has its own. A partner who switched usage alerts off is told nothing (LIM-18). A partner without
//! an address that works is not told, and keeps its calls.

use adapters::mail::{MailError, mailbox};
use domain::{
    account::{Partner, Tenant},
    ids::PartnerId,
    tenant::LimitName,
    time::Timestamp,
};
use store::{db::Tx, mails::MailText};

use crate::error::{AppError, Result};

/// What the partner is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Told {
    /// So many percent of the cap are used.
    Threshold(u8),
    /// All of it, and the tenant runs on.
    Reached,
    /// All of it, and the tenant, now in this version, is suspended.
    Suspended { version: i64 },
}

impl Told {
    const fn percent(self) -> u8 {
        match self {
            Self::Threshold(percent) => percent,
            Self::Reached | Self::Suspended { .. } => 100,
        }
    }

    const fn name(self) -> &'static str {
        match self {
            Self::Threshold(_) => "threshold",
            Self::Reached => "reached",
            Self::Suspended { .. } => "suspended",
        }
    }
}

/// What is told of which cap: how much of it is used, and the cap.
pub(super) type CapText<'a> = (Told, LimitName, (&'a str, &'a str));

/// Puts the mail into the outbox, unless it is there already for the cycle that began at `cycle`.
pub(super) async fn tell(
    tx: &mut Tx,
    (partner_id, tenant): (PartnerId, &Tenant),
    (cycle, about): (Timestamp, CapText<'_>),
    now: Timestamp,
) -> Result<()> {
    let partner = store::partners::find(tx, partner_id).await?;
    let partner = partner.ok_or_else(|| AppError::not_found("partner", partner_id))?;
    if !partner.usage_alerts {
        return Ok(());
    }
    let (told, name, (_, cap)) = about;
    let (tenant_id, what) = (tenant.tenant_id, told.name());
    let name = slug(name);
    let key = match told {
        Told::Threshold(_) => format!("cap:{tenant_id}:{name}:{what}:{cycle}"),
        Told::Reached => format!("cap:{tenant_id}:{name}:{what}:{cap}:{cycle}"),
        Told::Suspended { version } => format!("cap:{tenant_id}:{name}:{what}:{version}"),
    };
    match text(&partner, tenant, about) {
        Ok(text) => {
            store::mails::enqueue(tx, partner_id, (&key, &text), now).await?;
        }
        Err(error) => tracing::warn!(partner = %partner_id, %error, "not mailed"),
    }
    Ok(())
}

const fn slug(name: LimitName) -> &'static str {
    match name {
        LimitName::MonthlySpend => "monthly_spend",
        LimitName::MaxMinutes => "max_minutes",
        LimitName::MaxExtensions => "max_extensions",
        LimitName::MaxDids => "max_dids",
    }
}

const fn words(name: LimitName) -> &'static str {
    match name {
        LimitName::MonthlySpend => "monthly spend cap",
        LimitName::MaxMinutes => "monthly minute cap",
        LimitName::MaxExtensions => "extension cap",
        LimitName::MaxDids => "phone number cap",
    }
}

fn text(
    partner: &Partner,
    tenant: &Tenant,
    (told, name, (used, cap)): CapText<'_>,
) -> Result<MailText, MailError> {
    let brand =
        if partner.brand.name.is_empty() { &partner.company_name } else { &partner.brand.name };
    let (percent, words) = (told.percent(), words(name));
    let unit = match name {
        LimitName::MonthlySpend => tenant.currency.code(),
        LimitName::MaxMinutes => "minutes",
        LimitName::MaxExtensions => "extensions",
        LimitName::MaxDids => "numbers",
    };
    let follows = match told {
        Told::Suspended { .. } => {
            "The tenant was suspended. Raise the cap and lift the suspension to restore its \
             service; a new billing cycle does not."
        }
        Told::Threshold(_) | Told::Reached => "Nothing was changed; the tenant runs on.",
    };
    Ok(MailText {
        sender: mailbox(brand, &partner.brand.support_email)?,
        recipient: mailbox(&partner.company_name, &partner.billing_email)?,
        subject: format!("{} has hit {percent}% of their {words}", tenant.name),
        body: format!(
            "Hello {},\n\n\
             Tenant {} ({}) has hit {percent}% of their {words}: {used} of {cap} {unit} in this \
             billing cycle.\n\n{follows}\n",
            partner.company_name, tenant.name, tenant.tenant_id,
        ),
        attachment: None,
    })
}
