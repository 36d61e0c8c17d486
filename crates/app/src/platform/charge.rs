//! A charge of the operator, from its row to its outcome.
//!
//! Decided here: whom to ask and what an answer means. A key names a charge for ever, so asking
//! again never charges again; once the processor may have forgotten the key, it is looked for
//! instead, and given up where it is not found. A processor that was never reached ends a charge
//! that somebody waits for, if whoever asks is the one who wrote it down; anybody else cannot know
//! what was asked before. A recharge or a fee stays open and is asked for again, because an outage
//! is no decline.

use adapters::processor::{
    Answer, At, Charge, ChargeStatus, IdempotencyKey, NewCharge, Ours, PaymentGateway, Presence,
    ProcessorError,
};
use domain::{
    account::Partner,
    ids::{OperatorChargeId, PartnerId},
    money::Minor,
    operator_charge::{ChargePurpose, ChargeState, FeeFacts, OperatorCharge},
    payment::{MAX_CHARGE, card_minimum},
    processor::SavedMethod,
    time::Timestamp,
};
use serde::{Deserialize, Serialize};
use store::{db::Tx, operator_charges};

use super::settle;
use crate::{
    App,
    error::{AppError, Result},
    requests::{self, Asking, Change, Done, Performed},
    resource,
};

/// Seconds until an unfinished charge is looked at, if nobody does before.
const FIRST_LOOK_SECONDS: i64 = 60;
/// The longest wait between two looks.
const LONGEST_LOOK_SECONDS: i64 = 3_600;
/// How long a key is sure to be remembered (Stripe keeps them for 24 hours at least).
const KEY_SECONDS: i64 = 23 * 3_600;

/// What came of a request to charge.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Charged {
    /// The charge as it is now; none where there was nothing to charge.
    pub charge: Option<OperatorCharge>,
    /// Whether the same request was made before.
    pub is_repeated: bool,
}

/// Whether a charge was asked for before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Time {
    /// Surely not: whoever asks wrote it down just now.
    First,
    /// Perhaps: somebody may have died with the answer.
    Again,
}

/// What is kept of a request: enough to go on with it.
#[derive(Debug, Serialize, Deserialize)]
struct Kept {
    charge_id: Option<OperatorChargeId>,
}

/// A charge to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Wanted {
    pub(super) purpose: ChargePurpose,
    pub(super) amount: Minor,
    pub(super) wallet: Minor,
    pub(super) facts: FeeFacts,
}

/// What is known of a charge now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct News {
    pub(super) state: ChargeState,
    pub(super) reference: Option<String>,
    pub(super) outcome: String,
    pub(super) look_at: Option<Timestamp>,
}

/// Writes a charge down in the caller's transaction. `None` where another one that excludes it is
/// not finished.
pub(super) async fn begin(
    tx: &mut Tx,
    (partner, method): (&Partner, &SavedMethod),
    (charge_id, wanted): (OperatorChargeId, Wanted),
    now: Timestamp,
) -> Result<Option<OperatorCharge>> {
    let least = card_minimum(partner.currency);
    if wanted.amount < least || wanted.amount > MAX_CHARGE {
        let shown = |amount| partner.currency.display(amount);
        let (least, most) = (shown(least), shown(MAX_CHARGE));
        return Err(AppError::invalid("amount", format!("must be {least} to {most}")));
    }
    let charge = OperatorCharge {
        partner_id: partner.partner_id,
        charge_id,
        purpose: wanted.purpose,
        amount: wanted.amount,
        wallet: wanted.wallet,
        currency: partner.currency,
        method_id: method.method_id,
        method: (method.customer.clone(), method.reference.clone(), method.kind),
        facts: wanted.facts,
        state: ChargeState::Open,
        reference: None,
        outcome: String::new(),
        look_at: Some(now.plus_seconds(FIRST_LOOK_SECONDS)),
        looks: 0,
        created_at: now,
        settled_at: None,
    };
    let is_written = operator_charges::insert(tx, partner.partner_id, &charge).await?;
    Ok(is_written.then_some(charge))
}

impl App {
    /// Charges once for `asking`: `begin` writes the charge down, then the processor is asked.
    pub(super) async fn charge_once(
        &self,
        asking: &Asking,
        (partner_id, action): (PartnerId, &'static str),
        begin: impl AsyncFn(&Self) -> Result<Option<OperatorCharge>>,
    ) -> Result<Charged> {
        let performed = self
            .perform(asking, async |app| written_down(begin(app).await?, partner_id, action))
            .await?;
        let (kept, is_repeated) = match &performed {
            Performed::Now(answer) => (&answer.body, false),
            Performed::Before(answer) => (&answer.body, true),
        };
        let broken = |error| AppError::Broken(format!("a kept charge cannot be read: {error}"));
        let Kept { charge_id } = serde_json::from_slice(kept).map_err(broken)?;
        let time = if is_repeated { Time::Again } else { Time::First };
        let charge = match charge_id {
            Some(charge_id) => Some(self.finish_charge(partner_id, (charge_id, time)).await?),
            None => None,
        };
        Ok(Charged { charge, is_repeated })
    }

    /// Asks about a charge that is not finished, and answers it as it is then.
    pub(super) async fn finish_charge(
        &self,
        partner_id: PartnerId,
        (charge_id, time): (OperatorChargeId, Time),
    ) -> Result<OperatorCharge> {
        let charge = self.operator_charge(partner_id, charge_id).await?;
        if !charge.state.is_final() {
            self.ask_about_charge(&charge, time).await?;
        }
        self.operator_charge(partner_id, charge_id).await
    }

    /// A charge of the operator on this partner.
    pub async fn operator_charge(
        &self,
        partner_id: PartnerId,
        charge_id: OperatorChargeId,
    ) -> Result<OperatorCharge> {
        let mut tx = self.db.begin_single().await?;
        let charge = operator_charges::find(&mut tx, partner_id, charge_id).await?;
        tx.commit().await?;
        charge.ok_or_else(|| AppError::not_found("charge", charge_id))
    }

    /// Asks the processor about a charge and settles its answer.
    async fn ask_about_charge(&self, charge: &OperatorCharge, time: Time) -> Result<()> {
        let now = self.clock.now();
        let is_fresh = charge.looks == 0 && charge.state == ChargeState::Open;
        let age = now.micros_since(charge.created_at) / 1_000_000;
        let news = match (charge.state, &charge.reference) {
            (ChargeState::Waiting, Some(reference)) => {
                let answer =
                    self.outside.processor.charge_state(&At::PLATFORM, reference, now).await;
                self.known(charge, answer, now).await
            }
            _ if is_fresh && age < FIRST_LOOK_SECONDS => {
                match (self.charge_now(charge, now).await, time) {
                    (News { state: ChargeState::Open, outcome, .. }, Time::First)
                        if charge.purpose.is_awaited() =>
                    {
                        News {
                            state: ChargeState::Cancelled,
                            reference: None,
                            outcome,
                            look_at: None,
                        }
                    }
                    (news, _) => news,
                }
            }
            _ => self.look_up(charge, (age, now)).await,
        };
        self.settle_charge(charge.partner_id, charge.charge_id, &news).await
    }

    async fn charge_now(&self, charge: &OperatorCharge, now: Timestamp) -> News {
        let (customer, method, kind) = charge.method.clone();
        let new = NewCharge {
            amount: charge.amount,
            currency: charge.currency,
            customer,
            method,
            kind,
            presence: Presence::OffSession,
            description: description(charge),
            descriptor: None,
            fee: None,
            ours: ours(charge),
            asked_at: charge.created_at,
        };
        let answer = self.outside.processor.charge(&At::PLATFORM, &key(charge), &new).await;
        match answer {
            Err(ProcessorError::Declined(decline)) => News {
                state: ChargeState::Declined,
                outcome: decline.to_string(),
                reference: decline.reference,
                look_at: None,
            },
            Err(error @ ProcessorError::Refused { .. }) => News {
                state: ChargeState::Declined,
                reference: None,
                outcome: error.to_string(),
                look_at: None,
            },
            answer => self.known(charge, answer, now).await,
        }
    }

    /// Looks for a charge whose answer never came, and asks again while its key is remembered.
    async fn look_up(&self, charge: &OperatorCharge, (age, now): (i64, Timestamp)) -> News {
        let wanted = (&ours(charge), charge.created_at);
        let found = self.outside.processor.find_charge(&At::PLATFORM, &charge.method.0, wanted);
        match found.await {
            Ok(Some(found)) => self.known(charge, Ok(found), now).await,
            Ok(None) if age < KEY_SECONDS => self.charge_now(charge, now).await,
            Ok(None) => News {
                state: ChargeState::Cancelled,
                reference: None,
                outcome: "the payment processor knows nothing of it".to_owned(),
                look_at: None,
            },
            Err(error) => self.known(charge, Err(error), now).await,
        }
    }

    /// What an answer means for a charge.
    async fn known(&self, charge: &OperatorCharge, answer: Answer<Charge>, now: Timestamp) -> News {
        let again = Some(next_look(charge, now));
        let stays = if charge.state == ChargeState::Waiting {
            ChargeState::Waiting
        } else {
            ChargeState::Unknown
        };
        let open = |state, outcome: String, look_at| News {
            state,
            reference: charge.reference.clone(),
            outcome,
            look_at,
        };
        let told = match answer {
            Ok(told) => told,
            Err(ProcessorError::NotBegun(why)) if charge.state == ChargeState::Open => {
                return open(ChargeState::Open, why, again);
            }
            Err(error) => return open(stays, error.to_string(), again),
        };
        if let ChargeStatus::RequiresAction { .. } = told.status {
            return self.give_up(charge, &told, again).await;
        }
        let look = self.outside.processor.look_at_charge(&told, now);
        let (state, outcome) = verdict(&told, stays);
        let look_at = (!state.is_final()).then(|| look.or(again)).flatten();
        News { state, reference: Some(told.reference), outcome, look_at }
    }

    /// Nobody is there to authenticate: what waits for that is ended, so that it cannot succeed
    /// after the partner was told that it did not.
    async fn give_up(
        &self,
        charge: &OperatorCharge,
        told: &Charge,
        again: Option<Timestamp>,
    ) -> News {
        let key = IdempotencyKey::new(format!("operator:{}:cancel", charge.charge_id));
        let reference = Some(told.reference.clone());
        let ended =
            self.outside.processor.cancel_charge(&At::PLATFORM, &key, &told.reference).await;
        match ended {
            Ok(ended) if ended.status == ChargeStatus::Succeeded => News {
                state: ChargeState::Succeeded,
                reference,
                outcome: String::new(),
                look_at: None,
            },
            Ok(_) => News {
                state: ChargeState::Declined,
                reference,
                outcome: "authentication_required: the bank wants the payer to authenticate"
                    .to_owned(),
                look_at: None,
            },
            Err(error) => News {
                state: ChargeState::Waiting,
                reference,
                outcome: error.to_string(),
                look_at: again,
            },
        }
    }

    /// Settles what is known of a charge, with its effect, once.
    async fn settle_charge(
        &self,
        partner_id: PartnerId,
        charge_id: OperatorChargeId,
        news: &News,
    ) -> Result<()> {
        let now = self.clock.now();
        self.db
            .write(async |tx: &mut Tx| settle::news(tx, (partner_id, charge_id), news, now).await)
            .await
    }

    /// An event told of a charge on the operator's own account, which was fetched since. Any number
    /// of times, in any order: a final state stays. Answers whether the charge is the operator's.
    pub async fn operator_charge_told(&self, told: &Charge) -> Result<bool> {
        let Some(ours) = &told.ours else { return Ok(false) };
        let ids = (ours.partner_id.parse().ok(), ours.object_id.parse().ok());
        let (Some(partner_id), Some(charge_id)) = ids else { return Ok(false) };
        let mut tx = self.db.begin_single().await?;
        let charge = operator_charges::find(&mut tx, partner_id, charge_id).await?;
        tx.commit().await?;
        let charge: OperatorCharge =
            charge.ok_or_else(|| AppError::not_found("charge", charge_id))?;
        if told.amount != charge.amount || told.currency != charge.currency {
            let what = format!("{charge_id} is told of with another amount");
            return Err(AppError::Broken(what));
        }
        if !charge.state.is_final() {
            let news = self.known(&charge, Ok(told.clone()), self.clock.now()).await;
            self.settle_charge(partner_id, charge_id, &news).await?;
        }
        Ok(true)
    }

    /// Looks at a charge whose time has come.
    pub(crate) async fn look_at_operator_charge(
        &self,
        partner_id: PartnerId,
        charge_id: OperatorChargeId,
    ) -> Result<()> {
        self.finish_charge(partner_id, (charge_id, Time::Again)).await.map(drop)
    }
}

/// Where the processor says a charge stands.
fn verdict(told: &Charge, stays: ChargeState) -> (ChargeState, String) {
    match &told.status {
        ChargeStatus::Succeeded => (ChargeState::Succeeded, String::new()),
        ChargeStatus::Failed(decline) => (ChargeState::Declined, decline.to_string()),
        ChargeStatus::Cancelled => (ChargeState::Cancelled, "it was cancelled".to_owned()),
        ChargeStatus::Processing | ChargeStatus::RequiresAction { .. } => {
            (ChargeState::Waiting, String::new())
        }
        ChargeStatus::Other(status) => (stays, format!("the processor says {status:?}")),
    }
}

fn written_down(
    charge: Option<OperatorCharge>,
    partner_id: PartnerId,
    action: &'static str,
) -> Result<Done> {
    let broken = |error| AppError::Broken(format!("a charge is no JSON: {error}"));
    let charge_id = charge.as_ref().map(|charge| charge.charge_id);
    let body = serde_json::to_vec(&Kept { charge_id }).map_err(broken)?;
    let shown = charge.as_ref().map(resource::OperatorCharge::from);
    let change = Change {
        action,
        tenant_id: None,
        object_id: charge_id.map_or_else(|| partner_id.to_string(), |id| id.to_string()),
        before: None,
        after: shown.map(serde_json::to_value).transpose().map_err(broken)?,
    };
    let answer = requests::Answer { status: 201, headers: Vec::new(), body };
    Ok(Done { answer, change: Some(change), secret: None })
}

fn key(charge: &OperatorCharge) -> IdempotencyKey {
    IdempotencyKey::new(format!("operator:{}", charge.charge_id))
}

fn ours(charge: &OperatorCharge) -> Ours {
    Ours { partner_id: charge.partner_id.to_string(), object_id: charge.charge_id.to_string() }
}

fn description(charge: &OperatorCharge) -> String {
    let what = match charge.purpose {
        ChargePurpose::TopUp | ChargePurpose::Purchase => "Wallet top-up",
        ChargePurpose::AutoRecharge => "Wallet auto-recharge",
        ChargePurpose::Activation => "Activation",
        ChargePurpose::Upgrade => "Plan upgrade",
        ChargePurpose::Renewal => "Platform fee",
    };
    format!("{what} {}", charge.charge_id)
}

/// Twice as long after each look, up to an hour.
fn next_look(charge: &OperatorCharge, now: Timestamp) -> Timestamp {
    let doublings = u32::try_from(charge.looks.clamp(0, 10)).unwrap_or_default();
    let wait = FIRST_LOOK_SECONDS.saturating_mul(1_i64 << doublings).min(LONGEST_LOOK_SECONDS);
    now.plus_seconds(wait)
}
