//! What the operator gives against a dispute on its own account (REF-16).
//!
//! Decided here: evidence is written down and committed before the processor is told, under a key
//! that follows from the dispute's version, so that the same request again submits the same once.
//! Disputes on a partner's account are answered there, and refused here (REF-15).

use adapters::processor::{At, Evidence, IdempotencyKey, PaymentGateway};
use domain::{
    dispute::{Dispute, DisputeState},
    ids::{DisputeId, PartnerId},
};
use serde::{Deserialize, Serialize};
use store::{db::Tx, disputes};

use super::close;
use crate::{
    App,
    error::{AppError, Result},
    refunds::locked,
    requests::{Answer, Asking, Change, Done, Performed},
};

/// Bytes of evidence: what the processor takes as text, with room for every language.
const MAX_EVIDENCE_BYTES: usize = 20_000;

/// Evidence that is given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewEvidence {
    /// Free text.
    pub text: String,
    /// Whether this is all: it is submitted, and cannot be changed any more.
    pub is_final: bool,
}

/// What is kept of a request: enough to go on with it.
#[derive(Debug, Serialize, Deserialize)]
struct Kept {
    version: i64,
}

impl App {
    /// Writes evidence down and gives it to the processor.
    pub async fn give_evidence(
        &self,
        asking: &Asking,
        dispute_id: DisputeId,
        given: &NewEvidence,
    ) -> Result<()> {
        let text = given.text.trim();
        if text.is_empty() || text.len() > MAX_EVIDENCE_BYTES {
            return Err(AppError::invalid("text", "give 1 to 20,000 bytes"));
        }
        let performed =
            self.perform(asking, async |app| app.note_evidence(dispute_id, text).await).await?;
        let (Performed::Now(answer) | Performed::Before(answer)) = performed;
        let kept: Kept = serde_json::from_slice(&answer.body)
            .map_err(|error| AppError::Broken(format!("kept evidence cannot be read: {error}")))?;
        let (partner_id, dispute, _) = self.find_dispute(None, dispute_id).await?;
        if !dispute.state.is_open() || dispute.submitted_at.is_some() {
            return Ok(());
        }
        let key = IdempotencyKey::new(format!("evidence:{dispute_id}:{}", kept.version));
        let evidence = Evidence { text: text.to_owned(), is_final: given.is_final };
        let told = self
            .outside
            .processor
            .submit_evidence(&At::PLATFORM, &key, (&dispute.reference, &evidence))
            .await
            .map_err(|error| AppError::Refused(format!("the evidence was not taken: {error}")))?;
        if given.is_final {
            self.note_submitted(partner_id, dispute_id).await?;
        }
        self.dispute_told(&dispute.context, &told).await?;
        Ok(())
    }

    async fn note_evidence(&self, dispute_id: DisputeId, text: &str) -> Result<Done> {
        let written = self
            .db
            .write(async |tx: &mut Tx| {
                let (partner_id, dispute) = answerable(tx, dispute_id).await?;
                let evidence = text.to_owned();
                disputes::save(tx, partner_id, &Dispute { evidence, ..dispute.clone() }).await?;
                Ok::<_, AppError>(Dispute { version: dispute.version + 1, ..dispute })
            })
            .await?;
        let body = serde_json::to_vec(&Kept { version: written.version })
            .map_err(|error| AppError::Broken(format!("a dispute is no JSON: {error}")))?;
        let change = Change {
            action: "dispute.evidence",
            tenant_id: Some(written.tenant_id),
            object_id: dispute_id.to_string(),
            before: None,
            after: Some(serde_json::json!({ "evidence": text })),
        };
        let answer = Answer { status: 200, headers: Vec::new(), body };
        Ok(Done { answer, change: Some(change), secret: None })
    }

    async fn note_submitted(&self, partner_id: PartnerId, dispute_id: DisputeId) -> Result<()> {
        let now = self.clock.now();
        self.db
            .write(async |tx: &mut Tx| {
                let found = disputes::find(tx, Some(partner_id), dispute_id).await?;
                let Some((_, dispute)) = found else { return Ok::<_, AppError>(()) };
                if dispute.submitted_at.is_none() && dispute.state.is_open() {
                    let submitted_at = Some(now);
                    let dispute = Dispute { submitted_at, ..dispute };
                    disputes::save(tx, partner_id, &dispute).await?;
                }
                Ok(())
            })
            .await
    }

    /// Records how a dispute on the operator's account ended, where the processor does not say so.
    pub async fn close_dispute(&self, dispute_id: DisputeId, state: DisputeState) -> Result<()> {
        if state.is_open() {
            return Err(AppError::invalid("outcome", "must be won or lost"));
        }
        let now = self.clock.now();
        self.db
            .write(async |tx: &mut Tx| {
                let (partner_id, dispute) = answerable(tx, dispute_id).await?;
                store::ledger::lock_book(tx, partner_id).await?;
                let invoice = locked(tx, partner_id, dispute.invoice_id).await?;
                let (_, dispute) = answerable(tx, dispute_id).await?;
                close(tx, &invoice, (dispute, state), now).await.map(drop)
            })
            .await
    }
}

/// The dispute, if the operator answers it and it is open.
async fn answerable(tx: &mut Tx, dispute_id: DisputeId) -> Result<(PartnerId, Dispute)> {
    let found = disputes::find(tx, None, dispute_id).await?;
    let (partner_id, dispute) = found.ok_or_else(|| AppError::not_found("dispute", dispute_id))?;
    if !dispute.is_answered_here() {
        let why = "this dispute is on the partner's own account, and is answered there";
        return Err(AppError::Refused(why.to_owned()));
    }
    if !dispute.state.is_open() {
        let state = dispute.state.as_str();
        return Err(AppError::Refused(format!("this dispute is {state} already")));
    }
    if dispute.submitted_at.is_some() {
        let why = "the evidence of this dispute was submitted, and cannot be changed any more";
        return Err(AppError::Refused(why.to_owned()));
    }
    Ok((partner_id, dispute))
}
