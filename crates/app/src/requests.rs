//! One request to change something: done once, however often it is sent, and written down.
//!
//! Decided here: a request's effects, its audit entry and the answer kept for repetition are one
//! transaction. The same idempotency key with the same content gets the first answer, byte for
//! byte; with other content it is refused; while the first is being worked on it is refused too,
//! so that nobody waits for a twin. A request that fails leaves nothing, so it may be sent again.

mod long;

use std::{
    collections::BTreeSet,
    sync::{Arc, Mutex, PoisonError},
};

use domain::{
    ids::{AuditEntryId, PartnerId, TenantId},
    tenant::SuspensionReason,
    time::Timestamp,
};
use serde_json::Value;
use store::{
    answers::{self, Asked, KeptAnswer},
    audit_log::{self, AuditEntry},
    db::Tx,
};

use crate::{
    App,
    error::{AppError, Result},
};

/// Days that answers are kept (ruling 29).
const KEPT_DAYS: i64 = 7;
/// How often a request is prepared at most.
const MAX_PREPARATIONS: u32 = 100;
/// Rows that one transaction of housekeeping removes.
const FORGET_AT_ONCE: i64 = 1_000;

/// What kind of actor somebody is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ActorKind {
    /// A program with a key.
    ApiKey,
    /// A person in a portal.
    User,
    /// Somebody of the operator, in a partner's or tenant's portal.
    Operator,
    /// Somebody at the command line of the deployment.
    Command,
    /// The platform itself, by a rule that somebody set.
    System,
}

impl ActorKind {
    /// The stable name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::ApiKey => "api_key",
            Self::User => "user",
            Self::Operator => "operator",
            Self::Command => "command",
            Self::System => "system",
        }
    }
}

/// Who acts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Actor {
    /// What kind of actor.
    pub kind: ActorKind,
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
}

/// What makes a request the same as another one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Repeat {
    /// Who asks: the id of an API key or of a person.
    pub asker: String,
    /// The text that the asker chose.
    pub idempotency_key: String,
    /// SHA-256 of what is asked.
    pub fingerprint: [u8; 32],
}

/// A request to change something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asking {
    /// Whose audit log it goes to.
    pub owner: Option<PartnerId>,
    /// Who asks.
    pub actor: Actor,
    /// The request's id.
    pub request_id: String,
    /// From which address; empty where there is none.
    pub ip: String,
    /// Present where the request may be sent again.
    pub repeat: Option<Repeat>,
}

impl Asking {
    /// The platform itself, because a limit was reached.
    pub(crate) fn by_limit(partner_id: PartnerId, reason: SuspensionReason) -> Self {
        Self {
            owner: Some(partner_id),
            actor: Actor {
                kind: ActorKind::System,
                id: reason.to_string(),
                name: "usage limits".to_owned(),
            },
            request_id: String::new(),
            ip: String::new(),
            repeat: None,
        }
    }

    /// The platform itself, because a tenant does not pay, or did.
    pub(crate) fn by_dunning(partner_id: PartnerId) -> Self {
        let asking = Self::by_limit(partner_id, SuspensionReason::Overdue);
        Self { actor: Actor { name: "dunning".to_owned(), ..asking.actor }, ..asking }
    }
}

/// What was changed, for the audit log. Holds no secrets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// `tenant.suspend`.
    pub action: &'static str,
    /// The tenant it is about, where there is one.
    pub tenant_id: Option<TenantId>,
    /// The object's id.
    pub object_id: String,
    /// How it was; absent where it is new.
    pub before: Option<Value>,
    /// How it is; absent where it is gone.
    pub after: Option<Value>,
}

/// An answer as it leaves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// HTTP status.
    pub status: u16,
    /// Headers that belong to it.
    pub headers: Vec<(String, String)>,
    /// Its bytes.
    pub body: Vec<u8>,
}

/// What was done, and what is said about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Done {
    /// What is said.
    pub answer: Answer,
    /// What was changed; nothing for what only computes.
    pub change: Option<Change>,
    /// Left out of what is kept for repetition: a secret that is shown once.
    pub secret: Option<Secret>,
}

/// A part of an answer that must not be kept: a repeated request sees its replacement.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret {
    /// As it stands in the answer's bytes.
    pub text: String,
    /// What stands in its place when the answer is repeated.
    pub replacement: String,
}

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Secret({})", self.replacement)
    }
}

/// Whether it was done now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Performed {
    /// Done, with this answer.
    Now(Answer),
    /// Done before; this was the answer.
    Before(Answer),
}

/// Idempotency keys whose requests this process works on.
#[derive(Debug, Clone, Default)]
pub struct InProgress(Arc<Mutex<BTreeSet<String>>>);

struct Claim<'a> {
    all: &'a InProgress,
    name: String,
}

impl InProgress {
    fn claim(&self, repeat: &Repeat) -> Option<Claim<'_>> {
        let name = format!("{} {}", repeat.asker, repeat.idempotency_key);
        let mut names = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        // Not `then_some`: a claim that is made and dropped takes back somebody else's.
        names.insert(name.clone()).then(|| Claim { all: self, name })
    }
}

impl Drop for Claim<'_> {
    fn drop(&mut self) {
        self.all.0.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.name);
    }
}

impl App {
    /// Does `work` once for `asking`, as one transaction.
    ///
    /// `work` gets an app whose use cases all join that transaction. It may be run again from its
    /// beginning, and must not reach for anything outside the database.
    pub async fn perform(
        &self,
        asking: &Asking,
        work: impl AsyncFn(&Self) -> Result<Done>,
    ) -> Result<Performed> {
        let _claim = self.claim(asking)?;
        let performed = self.attempt(asking, async |app| work(app).await.map(Some)).await;
        if let Err(AppError::LimitReached(reached)) = &performed {
            self.limit_was_reached(asking, reached).await?;
        }
        let performed = performed?;
        performed.ok_or_else(|| AppError::Broken("what cannot be outdated was".to_owned()))
    }

    /// Does `work` once for `asking`, as one transaction, with what `prepare` made of `prepared`
    /// outside of it. Where `work` finds that outdated (`None`), it is prepared again.
    pub async fn perform_prepared<P>(
        &self,
        asking: &Asking,
        (mut prepared, prepare): (P, impl AsyncFn(&Self, P) -> Result<P>),
        work: impl AsyncFn(&Self, &P) -> Result<Option<Done>>,
    ) -> Result<Performed> {
        let _claim = self.claim(asking)?;
        if let Some(answer) = self.answered_before(asking).await? {
            return Ok(Performed::Before(answer));
        }
        for _ in 0..MAX_PREPARATIONS {
            prepared = prepare(self, prepared).await?;
            let performed = self.attempt(asking, async |app| work(app, &prepared).await).await?;
            if let Some(performed) = performed {
                return Ok(performed);
            }
        }
        Err(AppError::Stale("what the request was prepared with"))
    }

    fn claim(&self, asking: &Asking) -> Result<Option<Claim<'_>>> {
        let claim = |repeat| self.in_progress.claim(repeat).ok_or(AppError::RepeatInProgress);
        asking.repeat.as_ref().map(claim).transpose()
    }

    async fn attempt(
        &self,
        asking: &Asking,
        work: impl AsyncFn(&Self) -> Result<Option<Done>>,
    ) -> Result<Option<Performed>> {
        let now = self.clock.now();
        self.db
            .unit(async |db| {
                let app = Self { db: db.clone(), ..self.clone() };
                if let Some(answer) = app.answered_before(asking).await? {
                    return Ok(Some(Performed::Before(answer)));
                }
                let Some(done) = work(&app).await? else { return Ok(None) };
                app.write_down(asking, &done, now).await?;
                Ok(Some(Performed::Now(done.answer)))
            })
            .await
    }

    /// The answer that was given before, if this request was.
    async fn answered_before(&self, asking: &Asking) -> Result<Option<Answer>> {
        let Some(repeat) = &asking.repeat else { return Ok(None) };
        let mut tx = self.db.begin().await?;
        let asked = asked(asking, repeat);
        if !answers::claim(&mut tx, &asked).await? {
            return Err(AppError::RepeatInProgress);
        }
        let kept = answers::find(&mut tx, &asked).await?;
        tx.commit().await?;
        kept.map(|kept| answer_of(repeat, kept)).transpose()
    }

    async fn write_down(&self, asking: &Asking, done: &Done, now: Timestamp) -> Result<()> {
        let mut tx = self.db.begin().await?;
        if let Some(change) = &done.change {
            let entry = self.audit_entry(asking, change, now);
            audit_log::append(&mut tx, &entry).await?;
        }
        if let Some(repeat) = &asking.repeat {
            let kept = kept(repeat, done)?;
            answers::keep(&mut tx, &asked(asking, repeat), &kept, now).await?;
        }
        Ok(tx.commit().await?)
    }

    /// Writes down a change that no request asked for, or that was made in transactions of its own.
    pub async fn note_change(&self, asking: &Asking, change: &Change) -> Result<()> {
        let mut tx = self.db.begin().await?;
        self.note_in(&mut tx, asking, change).await?;
        Ok(tx.commit().await?)
    }

    /// The same, in the transaction that makes the change.
    pub(crate) async fn note_in(
        &self,
        tx: &mut Tx,
        asking: &Asking,
        change: &Change,
    ) -> Result<()> {
        let entry = self.audit_entry(asking, change, self.clock.now());
        Ok(audit_log::append(tx, &entry).await?)
    }

    /// The same under an id that follows from what is written down, so that whoever does it again
    /// after a crash writes the same.
    pub(crate) async fn note_as(
        &self,
        tx: &mut Tx,
        entry_id: AuditEntryId,
        (asking, change): (&Asking, &Change),
    ) -> Result<()> {
        let entry = self.audit_entry(asking, change, self.clock.now());
        Ok(audit_log::append(tx, &AuditEntry { entry_id, ..entry }).await?)
    }

    fn audit_entry(&self, asking: &Asking, change: &Change, now: Timestamp) -> AuditEntry {
        let entry_id: AuditEntryId = self.ids.draw(now);
        AuditEntry {
            owner: asking.owner,
            entry_id,
            at: now,
            tenant_id: change.tenant_id,
            actor_kind: asking.actor.kind.as_str().to_owned(),
            actor_id: asking.actor.id.clone(),
            actor_name: asking.actor.name.clone(),
            action: change.action.to_owned(),
            object_id: change.object_id.clone(),
            before: change.before.as_ref().map(Value::to_string),
            after: change.after.as_ref().map(Value::to_string),
            request_id: asking.request_id.clone(),
            ip: asking.ip.clone(),
        }
    }

    /// Forgets answers whose time is over. Bounded: what is left is left for the next time.
    pub async fn forget_answers(&self) -> Result<u64> {
        let before = self.clock.now().plus_seconds(-KEPT_DAYS * 86_400);
        let mut tx = self.db.begin().await?;
        let forgotten = answers::forget(&mut tx, before, FORGET_AT_ONCE).await?;
        tx.commit().await?;
        Ok(forgotten)
    }
}

fn asked(asking: &Asking, repeat: &Repeat) -> Asked {
    Asked {
        owner: asking.owner,
        asker: repeat.asker.clone(),
        idempotency_key: repeat.idempotency_key.clone(),
    }
}

/// The answer that was kept for the very same request.
fn answer_of(repeat: &Repeat, kept: KeptAnswer) -> Result<Answer> {
    if kept.fingerprint != repeat.fingerprint {
        return Err(AppError::RepeatDiffers);
    }
    let broken = |what: &str| AppError::Broken(format!("a kept answer's {what} is wrong"));
    Ok(Answer {
        status: u16::try_from(kept.status).map_err(|_| broken("status"))?,
        headers: serde_json::from_str(&kept.headers).map_err(|_| broken("header list"))?,
        body: kept.body,
    })
}

fn kept(repeat: &Repeat, done: &Done) -> Result<KeptAnswer> {
    let headers = serde_json::to_string(&done.answer.headers)
        .map_err(|error| AppError::Broken(format!("headers are no JSON: {error}")))?;
    let body = match &done.secret {
        None => done.answer.body.clone(),
        Some(secret) => {
            let text = String::from_utf8_lossy(&done.answer.body);
            text.replace(&secret.text, &secret.replacement).into_bytes()
        }
    };
    Ok(KeptAnswer {
        fingerprint: repeat.fingerprint.to_vec(),
        status: i64::from(done.answer.status),
        headers,
        body,
    })
}
