//! What an event leads to: its object is asked for again, and whoever owns it is told.
//!
//! Decided here: which kind of event is about which object. What carries no id of ours was not
//! made here and concerns nobody: a partner's own account has other business too. The network is
//! asked between transactions; what is told may be told any number of times, so a process that dies
//! anywhere here repeats the event and harms nothing. An event is done only after it was told.

use adapters::processor::{
    Account, Answer, At, Charge, Dispute, Method, PaymentGateway, ProcessorError, Refund, Setup,
};
use domain::{
    ids::PartnerId,
    processor::{AccountContext, ProcessorAccount},
    time::Timestamp,
};
use store::processor_events::{self as stored, TakenEvent};

use crate::{
    App,
    error::{AppError, Result},
    methods::Gone,
};

/// Events taken at once.
const BATCH: i64 = 32;
/// How long a worker holds what it takes: each asks the processor at most a few times.
const LEASE_SECONDS: i64 = 900;
/// Tries until an event is given up; with the doubling wait that is more than two days.
const MAX_TRIES: i64 = 20;
/// Seconds until the second try: our own row may be a moment late.
const FIRST_WAIT_SECONDS: i64 = 10;
/// No wait is longer than six hours.
const LONGEST_WAIT_SECONDS: i64 = 21_600;

/// What a run did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Applied {
    /// Events that are done.
    pub done: u64,
    /// Events that will be looked at again.
    pub put_off: u64,
    /// Events that were given up.
    pub given_up: u64,
}

/// Who is told how an object of the processor stands. Each may be told any number of times and in
/// any order; one that does not know an object of ours yet says [`AppError::NotFound`].
#[expect(async_fn_in_trait, reason = "what it does holds transactions, which stay on their thread")]
pub trait Listener {
    /// How a charge stands.
    async fn charge(&self, context: &AccountContext, told: &Charge) -> Result<()>;
    /// How a refund stands.
    async fn refund(&self, context: &AccountContext, told: &Refund) -> Result<()>;
    /// How a dispute stands.
    async fn dispute(&self, context: &AccountContext, told: &Dispute) -> Result<()>;
    /// How the saving of a method stands.
    async fn setup(&self, context: &AccountContext, told: &Setup) -> Result<()>;
    /// What may be shown of a method, and whether it was taken away.
    async fn method(&self, context: &AccountContext, told: (&Method, Gone)) -> Result<()>;
    /// How a connected account stands.
    async fn account(&self, told: &Account) -> Result<()>;
}

/// Which object an event is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum About {
    Charge,
    /// A charge of which something was given back, perhaps on the processor's own pages.
    RefundedCharge,
    Refund,
    Dispute,
    Setup,
    Method(Gone),
    /// A customer that is gone, and what was saved for it.
    Customer,
    /// Whether a bank account may be debited.
    Mandate,
    Account,
    /// The platform's access was taken away; the account cannot be asked any more.
    AccountLeft,
    Nothing,
}

impl About {
    fn of(kind: &str) -> Self {
        match kind {
            "charge.refunded" => Self::RefundedCharge,
            "charge.refund.updated" => Self::Refund,
            "payment_method.detached" => Self::Method(Gone::Detached),
            "customer.deleted" => Self::Customer,
            "mandate.updated" => Self::Mandate,
            "account.updated" | "capability.updated" => Self::Account,
            "account.application.deauthorized" => Self::AccountLeft,
            _ if kind.starts_with("payment_intent.") => Self::Charge,
            _ if kind.starts_with("refund.") => Self::Refund,
            _ if kind.starts_with("charge.dispute.") => Self::Dispute,
            _ if kind.starts_with("setup_intent.") => Self::Setup,
            _ if kind.starts_with("payment_method.") => Self::Method(Gone::No),
            _ => Self::Nothing,
        }
    }
}

/// Whether anybody here needs events of this kind.
pub(super) fn is_needed(kind: &str) -> bool {
    About::of(kind) != About::Nothing
}

/// An account that the platform has no access to any more, as far as that is known.
fn left(account: &ProcessorAccount) -> Account {
    Account {
        account: account.clone(),
        charges_enabled: false,
        payouts_enabled: false,
        details_submitted: true,
        cards_active: false,
        disabled_reason: Some("deauthorized".to_owned()),
        currently_due: Vec::new(),
        country: String::new(),
        descriptor: None,
        ours: None,
    }
}

/// Where an account is asked, and whose it is where it has keys of its own.
type Place<'a> = (&'a At, Option<PartnerId>);

/// When an event that could not be done is due again; `None` after the last try.
fn next_try(tries: i64, now: Timestamp) -> Option<Timestamp> {
    let doublings = u32::try_from(tries.clamp(1, 20) - 1).unwrap_or_default();
    let wait = FIRST_WAIT_SECONDS.saturating_mul(1_i64 << doublings).min(LONGEST_WAIT_SECONDS);
    (tries < MAX_TRIES).then(|| now.plus_seconds(wait))
}

impl App {
    /// Does what all events that are due ask for.
    pub async fn apply_processor_events<L: Listener>(&self, listener: &L) -> Result<Applied> {
        let mut sum = Applied::default();
        loop {
            let now = self.clock.now();
            let taken = self
                .db
                .write(async |tx| stored::claim(tx, now, (LEASE_SECONDS, BATCH)).await)
                .await?;
            if taken.is_empty() {
                return Ok(sum);
            }
            for event in &taken {
                let outcome = self.apply(event, listener).await;
                self.note_event(event, outcome, &mut sum).await?;
            }
        }
    }

    async fn note_event(
        &self,
        event: &TakenEvent,
        outcome: Result<()>,
        sum: &mut Applied,
    ) -> Result<()> {
        let Err(error) = outcome else {
            sum.done += 1;
            return Ok(self.db.write(async |tx| stored::finish(tx, event).await).await?);
        };
        let due_at = next_try(event.tries, self.clock.now());
        match due_at {
            Some(_) => sum.put_off += 1,
            None => sum.given_up += 1,
        }
        let (context, kind, id) = (&event.context, &event.kind, &event.event_id);
        tracing::warn!(%context, kind, id, %error, "an event of the payment processor is put off");
        let why = error.to_string();
        let put_off = (due_at, why.as_str());
        Ok(self.db.write(async |tx| stored::put_off(tx, event, put_off).await).await?)
    }

    async fn apply<L: Listener>(&self, event: &TakenEvent, listener: &L) -> Result<()> {
        let about = About::of(&event.kind);
        if about == About::Nothing {
            return Ok(());
        }
        let context = &event.context;
        if let (About::AccountLeft, AccountContext::Connected(account)) = (about, context) {
            return listener.account(&left(account)).await;
        }
        let at = self.at_of(event.partner_id, context).await?;
        let (processor, id) = (&self.outside.processor, event.object_id.as_str());
        let (now, place) = (self.clock.now(), (&at, event.partner_id));
        match about {
            About::Charge => {
                let told = processor.charge_state(&at, id, now).await;
                let charge = self.asked(place, told).await?;
                match charge.ours {
                    Some(_) => listener.charge(context, &charge).await,
                    None => Ok(()),
                }
            }
            About::RefundedCharge => self.tell_refunds((place, id), listener).await,
            About::Refund => {
                let told = processor.refund_state(&at, id, now).await;
                let refund = self.asked(place, told).await?;
                match self.is_ours(place, &refund.charge).await? {
                    true => listener.refund(context, &refund).await,
                    false => Ok(()),
                }
            }
            About::Dispute => {
                let told = processor.dispute(&at, id, now).await;
                let dispute = self.asked(place, told).await?;
                match self.is_ours(place, &dispute.charge).await? {
                    true => listener.dispute(context, &dispute).await,
                    false => Ok(()),
                }
            }
            About::Setup => {
                let setup = self.asked(place, processor.setup(&at, id).await).await?;
                match setup.ours {
                    Some(_) => listener.setup(context, &setup).await,
                    None => Ok(()),
                }
            }
            About::Method(gone) => self.tell_method((place, id, gone), listener).await,
            About::Customer => {
                for reference in self.methods_of_customer(context, id).await? {
                    let named = (place, reference.as_str(), Gone::Detached);
                    self.tell_method(named, listener).await?;
                }
                self.customer_gone(context, id).await
            }
            About::Mandate => {
                let mandate = self.asked(place, processor.mandate(&at, id).await).await?;
                match mandate.is_over {
                    true => self.method_unusable(context, &mandate.method).await,
                    false => Ok(()),
                }
            }
            About::Account if at.context == AccountContext::Platform => Ok(()),
            About::Account => {
                let account = self.asked(place, processor.account(&at).await).await?;
                listener.account(&account).await
            }
            About::AccountLeft | About::Nothing => Ok(()),
        }
    }

    /// What a question came to. A partner's key that is refused is written down.
    async fn asked<T>(&self, (at, owner): Place<'_>, answer: Answer<T>) -> Result<T> {
        if let (Err(ProcessorError::Unauthorised { .. }), Some(owner)) = (&answer, owner) {
            self.key_refused(owner, &at.context).await?;
        }
        answer.map_err(|error| AppError::Outside(error.to_string()))
    }

    /// Tells of a method as it is now; `gone` is what an event says of it.
    async fn tell_method<L: Listener>(
        &self,
        (place, id, gone): (Place<'_>, &str, Gone),
        listener: &L,
    ) -> Result<()> {
        let method = match self.outside.processor.method(place.0, id).await {
            // A kind of method that nobody could save here.
            Err(ProcessorError::Refused { code, .. }) if code == "unknown_method_type" => {
                return Ok(());
            }
            method => self.asked(place, method).await?,
        };
        // It may have been attached again, or taken away, since.
        let gone = if method.customer.is_some() { Gone::No } else { gone };
        listener.method(&place.0.context, (&method, gone)).await
    }

    /// Whether a charge was made here: a partner's own account has others too. Whoever gave it
    /// back, or disputes it, the charge itself says so.
    async fn is_ours(&self, place: Place<'_>, charge: &str) -> Result<bool> {
        if charge.is_empty() {
            return Ok(false);
        }
        let now = self.clock.now();
        let told = self.outside.processor.charge_state(place.0, charge, now).await;
        let charge = self.asked(place, told).await?;
        Ok(charge.ours.is_some())
    }

    /// Tells of a charge and of all that was given back of it.
    async fn tell_refunds<L: Listener>(
        &self,
        (place, id): (Place<'_>, &str),
        listener: &L,
    ) -> Result<()> {
        let (processor, now, at) = (&self.outside.processor, self.clock.now(), place.0);
        let charge = self.asked(place, processor.charge_state(at, id, now).await).await?;
        if charge.ours.is_none() {
            return Ok(());
        }
        listener.charge(&at.context, &charge).await?;
        let refunds = processor.refunds_of(at, &charge.reference, now).await;
        let refunds = self.asked(place, refunds).await?;
        for refund in refunds.iter().rev() {
            listener.refund(&at.context, refund).await?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use adapters::processor::stripe::{CONNECT_EVENTS, ENABLED_EVENTS};

    use super::*;

    // STR-20 every kind that endpoints are sent is needed, or known to be kept only
    #[test]
    fn kinds_have_their_objects() {
        for (kind, about) in [
            ("payment_intent.succeeded", About::Charge),
            ("charge.refunded", About::RefundedCharge),
            ("charge.refund.updated", About::Refund),
            ("refund.failed", About::Refund),
            ("charge.dispute.funds_withdrawn", About::Dispute),
            ("setup_intent.setup_failed", About::Setup),
            ("payment_method.detached", About::Method(Gone::Detached)),
            ("payment_method.automatically_updated", About::Method(Gone::No)),
            ("customer.deleted", About::Customer),
            ("mandate.updated", About::Mandate),
            ("account.updated", About::Account),
            ("account.application.deauthorized", About::AccountLeft),
            ("charge.succeeded", About::Nothing),
            ("invoice.paid", About::Nothing),
            ("", About::Nothing),
        ] {
            assert_eq!(About::of(kind), about, "{kind}");
        }
        for kind in ENABLED_EVENTS.iter().chain(CONNECT_EVENTS) {
            assert!(is_needed(kind), "{kind}");
        }
    }

    // STR-20 tries are spread over more than two days, and end
    #[test]
    fn tries_end() {
        let start = Timestamp::default();
        let mut now = start;
        let mut tries = 1;
        while let Some(next) = next_try(tries, now) {
            assert!(next > now);
            (now, tries) = (next, tries + 1);
        }
        assert_eq!(tries, MAX_TRIES);
        let seconds = now.micros_since(start) / 1_000_000;
        assert!((2 * 86_400..4 * 86_400).contains(&seconds), "{seconds}");
    }
}
