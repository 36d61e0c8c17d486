//! How a partner is paid: what it chose, what that means now, choosing another way.
//!
//! Decided here: a change acts on new charges only (STR-22). Saved methods belong to the account
//! that they were saved on, so a change of the account marks the tenants' methods, switches their
//! automatic payments off and tells the partner how many tenants have to act (PMT-10).

use domain::{
    account::AutoPay,
    ids::{PartnerId, TenantId},
    processor::{
        AccountContext, ConnectState, Descriptor, KeysState, MethodKind, ProcessorMode, Statement,
    },
    settlement::DueDay,
    time::Timestamp,
};
use store::{
    db::Tx,
    processors::{self as stored, ConnectedAccount, CustomKeys, Processing},
};

use super::mails::{Notice, tell};
use crate::{
    App,
    error::{AppError, Result},
    events::of_tenant,
};

/// How a partner is paid, with all that this rests on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProcessorView {
    /// What was chosen, and where new charges go.
    pub processing: Processing,
    /// Why nothing is charged now, where nothing is.
    pub blocked: Option<String>,
    /// Whether new charges move money.
    pub is_live: bool,
    /// The connected account.
    pub connected: Option<ConnectedAccount>,
    /// The partner's own keys, sealed.
    pub keys: Option<CustomKeys>,
    /// The partner's text for statements.
    pub descriptor: Option<Descriptor>,
    /// What statements show, by what is charged: a card, a bank account.
    pub shown: [String; 2],
    /// The day of the month on which settlements are due.
    pub due_day: DueDay,
}

impl App {
    /// How the partner is paid.
    pub async fn processor(&self, partner_id: PartnerId) -> Result<ProcessorView> {
        let mut tx = self.db.begin_read().await?;
        let view = self.processor_in(&mut tx, partner_id).await?;
        tx.commit().await?;
        Ok(view)
    }

    async fn processor_in(&self, tx: &mut Tx, partner_id: PartnerId) -> Result<ProcessorView> {
        let partner = store::partners::find(tx, partner_id).await?;
        let partner = partner.ok_or_else(|| AppError::not_found("partner", partner_id))?;
        let processing = stored::of(tx, partner_id).await?;
        let connected = stored::connected(tx, partner_id).await?;
        let keys = stored::keys(tx, partner_id).await?;
        let blocked = match self.processing_in(tx, partner_id).await {
            Ok(_) => None,
            Err(AppError::Refused(why)) => Some(why),
            Err(error) => return Err(error),
        };
        let due_day = store::settlements::due_day(tx, partner_id).await?;
        let descriptor = Descriptor::parse(&partner.brand.statement_descriptor).ok();
        let statement = Statement {
            mode: processing.context.mode(),
            own: descriptor.as_ref(),
            generic: &self.outside.payments.descriptor,
        };
        let mut shown = [MethodKind::Card, MethodKind::BankAccount].map(|it| statement.shown(it));
        // Its owner may have changed it on the processor's pages.
        if let (AccountContext::Connected(_), Some(text)) =
            (&processing.context, connected.as_ref().and_then(|it| it.descriptor.clone()))
        {
            shown[0] = text;
        }
        let is_live = match &processing.context {
            AccountContext::Custom(_) => keys.as_ref().is_some_and(|keys| keys.is_live),
            _ => self.is_live(),
        };
        Ok(ProcessorView {
            processing,
            blocked,
            is_live,
            connected,
            keys,
            descriptor,
            shown,
            due_day: due_day.unwrap_or(DueDay::USUAL),
        })
    }

    /// Whether the operator's account moves money.
    fn is_live(&self) -> bool {
        self.outside.processor.key_prefix() == "sk_live_"
    }

    /// Whether what is charged on this account of the partner's moves money; with test keys it
    /// does not (STR-13).
    pub async fn moves_money(
        &self,
        partner_id: PartnerId,
        context: &AccountContext,
    ) -> Result<bool> {
        let AccountContext::Custom(account) = context else { return Ok(self.is_live()) };
        let mut tx = self.db.begin_read().await?;
        let keys = stored::keys(&mut tx, partner_id).await?;
        tx.commit().await?;
        Ok(keys.is_some_and(|keys| keys.account == *account && keys.is_live))
    }

    /// What the payer's statement shows of a charge of this kind on this account, as far as that
    /// is known here (STR-17). `own` is the partner's text.
    pub(crate) async fn shown_descriptor(
        &self,
        tx: &mut Tx,
        partner_id: PartnerId,
        (context, kind, own): (&AccountContext, MethodKind, &str),
    ) -> Result<Option<String>> {
        if let AccountContext::Connected(account) = context {
            // Its owner may have changed it on the processor's pages.
            let connected = stored::connected(tx, partner_id).await?;
            let known = connected.filter(|it| it.account == *account);
            if let Some(text) = known.and_then(|it| it.descriptor) {
                return Ok(Some(text));
            }
        }
        let own = Descriptor::parse(own.trim()).ok();
        let generic = &self.outside.payments.descriptor;
        let statement = Statement { mode: context.mode(), own: own.as_ref(), generic };
        let is_theirs = context.mode() == ProcessorMode::CustomKeys;
        let is_known = !is_theirs || statement.sent(kind).is_some();
        Ok(is_known.then(|| statement.shown(kind)).filter(|text| !text.is_empty()))
    }

    /// Chooses a mode, if the choice still has version `seen`. Choosing what is chosen changes
    /// nothing.
    pub async fn choose_mode(
        &self,
        (partner_id, seen): (PartnerId, i64),
        mode: ProcessorMode,
    ) -> Result<ProcessorView> {
        let now = self.clock.now();
        self.db
            .write(async |tx| {
                let before = stored::of(tx, partner_id).await?;
                if before.version != seen {
                    return Err(AppError::Stale("the payment processor"));
                }
                let context = context_of(tx, partner_id, (mode, &before)).await?;
                switch(tx, (partner_id, &before), (mode, context), now).await?;
                self.processor_in(tx, partner_id).await
            })
            .await
    }

    /// Chooses the day of the month on which the partner's settlements are due (C-17).
    pub async fn choose_due_day(&self, partner_id: PartnerId, day: i64) -> Result<DueDay> {
        let due_day = DueDay::new(day)
            .ok_or_else(|| AppError::invalid("settlement_day", "must be from 1 to 28"))?;
        self.db
            .write(async |tx| {
                let schedule = store::settlements::schedule_locked(tx, partner_id).await?;
                let schedule =
                    schedule.ok_or_else(|| AppError::not_found("partner", partner_id))?;
                let schedule = store::settlements::Schedule { due_day, ..schedule };
                store::settlements::save_schedule(tx, partner_id, &schedule).await?;
                Ok(due_day)
            })
            .await
    }
}

/// Where new charges go in a mode, or why it cannot be chosen.
async fn context_of(
    tx: &mut Tx,
    partner_id: PartnerId,
    (mode, before): (ProcessorMode, &Processing),
) -> Result<AccountContext> {
    if mode == before.mode {
        return Ok(before.context.clone());
    }
    match mode {
        ProcessorMode::Platform => Ok(AccountContext::Platform),
        ProcessorMode::Connect => {
            let connected = stored::connected_locked(tx, partner_id).await?;
            let none = || AppError::Refused("connect an account first".to_owned());
            let connected = connected.ok_or_else(none)?;
            match (connected.state, before.mode) {
                (ConnectState::Active, _) => Ok(AccountContext::Connected(connected.account)),
                // STR-06: until it is active, the platform's account takes the charges. Whoever
                // has keys of its own keeps them until then.
                (ConnectState::Pending, ProcessorMode::Platform) => Ok(AccountContext::Platform),
                (state, _) => Err(AppError::Refused(format!(
                    "the connected account {} is {} and cannot be charged",
                    connected.account.as_str(),
                    state.as_str()
                ))),
            }
        }
        ProcessorMode::CustomKeys => {
            let keys = stored::keys_locked(tx, partner_id).await?;
            let keys = keys.filter(|keys| keys.state == KeysState::Active);
            let none = || AppError::Refused("save working keys first".to_owned());
            Ok(AccountContext::Custom(keys.ok_or_else(none)?.account))
        }
    }
}

/// Makes new charges go elsewhere, and does what follows for saved methods.
pub(super) async fn switch(
    tx: &mut Tx,
    (partner_id, before): (PartnerId, &Processing),
    (mode, context): (ProcessorMode, AccountContext),
    now: Timestamp,
) -> Result<()> {
    if (mode, &context) == (before.mode, &before.context) {
        return Ok(());
    }
    let after = Processing { mode, context, version: before.version };
    stored::save(tx, partner_id, &after).await?;
    if after.context == before.context {
        return Ok(());
    }
    let affected =
        store::payment_methods::tenants_elsewhere(tx, partner_id, &after.context).await?;
    store::payment_methods::mark_needs_reentry(tx, partner_id, &after.context).await?;
    for tenant_id in &affected {
        auto_pay_off(tx, (partner_id, *tenant_id), now).await?;
    }
    if affected.is_empty() {
        return Ok(());
    }
    let count = affected.len();
    let whom = if count == 1 { "one tenant".to_owned() } else { format!("{count} tenants") };
    let notice = Notice {
        key: format!("processor.changed:{partner_id}:{}", before.version + 1),
        subject: "Tenants have to enter their payment methods again",
        text: format!(
            "Payments of your tenants go to another account from now on. Payment methods that \
             {whom} saved before cannot be used there, and automatic payments of {whom} are \
             switched off.\n\n\
             Ask them to save a payment method again."
        ),
    };
    tell(tx, partner_id, notice, now).await
}

/// Switches a tenant's automatic payments off, where they are on.
pub(crate) async fn auto_pay_off(
    tx: &mut Tx,
    (partner_id, tenant_id): (PartnerId, TenantId),
    now: Timestamp,
) -> Result<()> {
    let found = store::tenants::find(tx, partner_id, tenant_id).await?;
    let Some(mut tenant) = found.filter(|tenant| tenant.auto_pay == AutoPay::On) else {
        return Ok(());
    };
    tenant.auto_pay = AutoPay::Off;
    store::tenants::save(tx, partner_id, &tenant).await?;
    tenant.version += 1;
    let event = of_tenant("tenant.updated", &tenant, now);
    store::events::append(tx, partner_id, &[event]).await?;
    Ok(())
}
