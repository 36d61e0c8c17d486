//! A partner's connected account (STR-04 to STR-08, STR-25).
//!
//! Decided here: the account's id is kept before anybody is sent to the processor's form. What an
//! account is allowed is believed from the processor alone, asked by its id; having come back from
//! the form says nothing. The first time it is ready, new charges go there; when it is not any
//! more, they stop and the partner is told. A link to the form is for one browser, once: it is
//! neither stored nor logged.

use adapters::processor::{
    Account, At, IdempotencyKey, LinkTargets, NewConnectedAccount, OneTimeLink, Ours,
    PaymentGateway,
};
use domain::{
    ids::PartnerId,
    processor::{
        AccountContext, AccountFacts, ConnectState, Descriptor, Past, ProcessorAccount,
        ProcessorMode,
    },
    time::Timestamp,
};
use store::{
    db::Tx,
    processors::{self as stored, ConnectedAccount, Processing},
};

use super::{
    answered,
    mails::{Notice, tell},
    modes::switch,
};
use crate::{
    App,
    error::{AppError, Result},
};

/// What the inbox says of an account whose owner cut the link: it cannot be asked any more.
const DEAUTHORIZED: &str = "deauthorized";

impl App {
    /// Sends a partner to the processor's form: makes its account where there is none, and answers
    /// a link that works once and for minutes. Asking again answers another link to the same form.
    pub async fn connect(&self, partner_id: PartnerId) -> Result<OneTimeLink> {
        let account = self.connected_account(partner_id).await?;
        let minted = self.ids.draw::<domain::ids::RequestKind>(self.clock.now());
        let key = IdempotencyKey::new(format!("link:{partner_id}:{minted}"));
        let base = &self.outside.payments.base_url;
        let to = LinkTargets {
            return_url: format!("{base}/connect/return"),
            refresh_url: format!("{base}/connect/refresh"),
        };
        let processor = &self.outside.processor;
        answered(processor.onboarding_link(&At::PLATFORM, &key, (&account, &to)).await)
    }

    /// The partner's account, made where there is none.
    async fn connected_account(&self, partner_id: PartnerId) -> Result<ProcessorAccount> {
        let mut tx = self.db.begin_read().await?;
        let partner = store::partners::find(&mut tx, partner_id).await?;
        let known = stored::connected(&mut tx, partner_id).await?;
        tx.commit().await?;
        let partner = partner.ok_or_else(|| AppError::not_found("partner", partner_id))?;
        let seen = known.as_ref().map_or(0, |it| it.version);
        if let Some(known) = known.filter(|it| it.state != ConnectState::Disconnected) {
            self.choose_connect(partner_id).await?;
            return Ok(known.account);
        }
        let new = NewConnectedAccount {
            email: partner.billing_email.clone(),
            website: partner.brand.website.clone(),
            descriptor: Some(partner.brand.statement_descriptor.clone())
                .filter(|text| Descriptor::parse(text).is_ok()),
            ours: Ours { partner_id: partner_id.to_string(), object_id: partner_id.to_string() },
        };
        let key = IdempotencyKey::new(format!("connect:{partner_id}:{seen}"));
        let made = self.outside.processor.create_connected(&At::PLATFORM, &key, &new).await;
        let made = answered(made)?;
        self.keep_account((partner_id, seen), &made).await?;
        Ok(made.account)
    }

    /// Keeps a new account as pending, whatever it is allowed already: the processor tells that
    /// when it is asked again.
    async fn keep_account(
        &self,
        (partner_id, seen): (PartnerId, i64),
        made: &Account,
    ) -> Result<()> {
        let now = self.clock.now();
        self.db
            .write(async |tx| {
                let known = stored::connected_locked(tx, partner_id).await?;
                if known.is_some_and(|it| it.account == made.account) {
                    // The same request, sent twice at once, made one account.
                    return Ok(());
                }
                let account = ConnectedAccount {
                    partner_id,
                    account: made.account.clone(),
                    state: ConnectState::Pending,
                    charges_enabled: false,
                    payouts_enabled: false,
                    details_submitted: false,
                    currently_due: made.currently_due.clone(),
                    disabled_reason: None,
                    descriptor: made.descriptor.clone(),
                    ready_at: None,
                    created_at: now,
                    told_at: now,
                    version: seen,
                };
                stored::save_connected(tx, &account).await?;
                chosen(tx, partner_id, now).await
            })
            .await
    }

    async fn choose_connect(&self, partner_id: PartnerId) -> Result<()> {
        let now = self.clock.now();
        self.db.write(async |tx| chosen(tx, partner_id, now).await).await
    }

    /// Asks the processor how the partner's account stands: whoever comes back from the form, and
    /// where an event was lost.
    pub async fn look_at_connected(&self, partner_id: PartnerId) -> Result<()> {
        let mut tx = self.db.begin_read().await?;
        let known = stored::connected(&mut tx, partner_id).await?;
        tx.commit().await?;
        let known =
            known.ok_or_else(|| AppError::Refused("connect an account first".to_owned()))?;
        if known.state == ConnectState::Disconnected {
            return Ok(());
        }
        let at = At { context: AccountContext::Connected(known.account), key: None };
        let account = answered(self.outside.processor.account(&at).await)?;
        self.account_told(&account).await
    }

    /// An account is as the processor says now. Accounts that are nobody's here are left alone.
    pub async fn account_told(&self, told: &Account) -> Result<()> {
        if told.disabled_reason.as_deref() == Some(DEAUTHORIZED) {
            return self.account_gone(&told.account).await;
        }
        let now = self.clock.now();
        self.db
            .write(async |tx| {
                let Some(before) = of_account(tx, &told.account).await? else { return Ok(()) };
                if before.state == ConnectState::Disconnected {
                    return Ok(());
                }
                let mut after = before.clone();
                told_of(&mut after, told, now);
                let same = ConnectedAccount { told_at: before.told_at, ..after.clone() };
                if same == before {
                    return Ok(());
                }
                stored::save_connected(tx, &after).await?;
                follow(tx, (&before, &after), now).await
            })
            .await
    }

    /// The owner of an account cut its link with the operator: nothing can be asked about it any
    /// more.
    pub async fn account_gone(&self, account: &ProcessorAccount) -> Result<()> {
        let now = self.clock.now();
        self.db
            .write(async |tx| {
                let Some(before) = of_account(tx, account).await? else { return Ok(()) };
                if before.state == ConnectState::Disconnected {
                    return Ok(());
                }
                let after = ConnectedAccount {
                    state: ConnectState::Disconnected,
                    charges_enabled: false,
                    payouts_enabled: false,
                    told_at: now,
                    ..before.clone()
                };
                stored::save_connected(tx, &after).await?;
                follow(tx, (&before, &after), now).await
            })
            .await
    }
}

/// The account with this id, locked, whoever's it is.
async fn of_account(tx: &mut Tx, account: &ProcessorAccount) -> Result<Option<ConnectedAccount>> {
    let Some(found) = stored::connected_with(tx, account).await? else { return Ok(None) };
    let locked = stored::connected_locked(tx, found.partner_id).await?;
    Ok(locked.filter(|it| it.account == *account))
}

/// Connect is chosen where the platform was; whoever has keys of its own keeps them.
async fn chosen(tx: &mut Tx, partner_id: PartnerId, now: Timestamp) -> Result<()> {
    let before = stored::of(tx, partner_id).await?;
    if before.mode == ProcessorMode::CustomKeys {
        return Ok(());
    }
    let connected = stored::connected_locked(tx, partner_id).await?;
    let context = match connected {
        Some(it) if it.state == ConnectState::Active => AccountContext::Connected(it.account),
        _ => before.context.clone(),
    };
    switch(tx, (partner_id, &before), (ProcessorMode::Connect, context), now).await
}

fn told_of(account: &mut ConnectedAccount, told: &Account, now: Timestamp) {
    let past = if account.ready_at.is_some() { Past::WasReady } else { Past::NeverReady };
    let facts = AccountFacts {
        is_ready: told.is_ready(),
        disabled_reason: told.disabled_reason.as_deref(),
    };
    account.state = facts.state(past);
    account.charges_enabled = told.charges_enabled;
    account.payouts_enabled = told.payouts_enabled;
    account.details_submitted = told.details_submitted;
    account.currently_due.clone_from(&told.currently_due);
    account.disabled_reason.clone_from(&told.disabled_reason);
    if told.descriptor.is_some() {
        account.descriptor.clone_from(&told.descriptor);
    }
    if account.state == ConnectState::Active {
        account.ready_at.get_or_insert(now);
    }
    account.told_at = now;
}

/// What a change of an account means for charges and for the partner.
async fn follow(
    tx: &mut Tx,
    (before, after): (&ConnectedAccount, &ConnectedAccount),
    now: Timestamp,
) -> Result<()> {
    let partner_id = after.partner_id;
    let processing: Processing = stored::of(tx, partner_id).await?;
    if after.state == ConnectState::Active
        && processing.mode == ProcessorMode::Connect
        && processing.context != AccountContext::Connected(after.account.clone())
    {
        let context = AccountContext::Connected(after.account.clone());
        switch(tx, (partner_id, &processing), (ProcessorMode::Connect, context), now).await?;
    }
    let is_blocked = |state| matches!(state, ConnectState::Restricted | ConnectState::Disconnected);
    if !is_blocked(after.state) || after.state == before.state {
        return Ok(());
    }
    let why = match (after.state, &after.disabled_reason) {
        (ConnectState::Disconnected, _) => "Its owner disconnected it.".to_owned(),
        (_, Some(reason)) => format!("The payment processor's reason: {reason}."),
        (_, None) => "The payment processor gave no reason.".to_owned(),
    };
    let due = match after.currently_due.as_slice() {
        [] => String::new(),
        due => format!("\n\nIt asks for: {}.", due.join(", ")),
    };
    let notice = Notice {
        key: format!("processor.blocked:{}:{}", after.account.as_str(), before.version),
        subject: "Your connected account cannot be charged",
        text: format!(
            "Your connected account {} cannot be charged any more. {why}{due}\n\n\
             Until that is settled no payment of your tenants is begun; invoices stay open and \
             nothing is charged on another account instead.",
            after.account.as_str()
        ),
    };
    tell(tx, partner_id, notice, now).await
}
