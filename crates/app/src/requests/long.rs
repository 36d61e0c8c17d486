//! A request whose work is many transactions: moving the clock.
//!
//! Decided here: that the request was begun is kept before its first step, and its answer with its
//! audit entry after the last. Sent again in between it is refused while this process works on it,
//! and otherwise goes on where its work stands: what was done is not done again. What is refused
//! before the first step leaves nothing.

use domain::time::Timestamp;
use store::{answers, audit_log};

use super::{Asking, Done, Performed, answer_of, asked, kept};
use crate::{
    App,
    error::{AppError, Result},
};

/// How far a request came before.
enum Before {
    /// It was never begun, or may not be sent again.
    Nothing,
    /// It was begun, and whoever worked on it is gone.
    Begun,
    /// This was the answer.
    Answered(super::Answer),
}

impl App {
    /// Moves the simulated clock to `to` once for `asking`, and answers what `done` makes of it.
    pub async fn advance_clock_once(
        &self,
        asking: &Asking,
        to: Timestamp,
        done: impl Fn(&Self) -> Result<Done>,
    ) -> Result<Performed> {
        let _claim = self.claim(asking)?;
        let to = match self.before(asking).await? {
            Before::Answered(answer) => return Ok(Performed::Before(answer)),
            // Somebody else may have moved it further since.
            Before::Begun => to.max(self.clock.now()),
            Before::Nothing => to,
        };
        let moving = self.may_move_clock(to)?;
        self.begin_long(asking).await?;
        self.move_clock_on(moving, to).await?;
        self.settle_long(asking, done(self)?).await
    }

    async fn before(&self, asking: &Asking) -> Result<Before> {
        let Some(repeat) = &asking.repeat else { return Ok(Before::Nothing) };
        let mut tx = self.db.begin_read().await?;
        let kept = answers::find(&mut tx, &asked(asking, repeat)).await?;
        tx.commit().await?;
        match kept {
            None => Ok(Before::Nothing),
            Some(kept) if kept.status == answers::BEGUN => {
                answer_of(repeat, kept).map(|_| Before::Begun)
            }
            Some(kept) => answer_of(repeat, kept).map(Before::Answered),
        }
    }

    async fn begin_long(&self, asking: &Asking) -> Result<()> {
        let Some(repeat) = &asking.repeat else { return Ok(()) };
        let at = self.clock.now();
        self.db
            .write(async |tx| {
                let begun = (&repeat.fingerprint[..], at);
                Ok::<_, AppError>(answers::begin(tx, &asked(asking, repeat), begun).await?)
            })
            .await
    }

    async fn settle_long(&self, asking: &Asking, done: Done) -> Result<Performed> {
        let now = self.clock.now();
        let is_first = self
            .db
            .write(async |tx| {
                if let Some(repeat) = &asking.repeat {
                    let answer = kept(repeat, &done)?;
                    let asked = asked(asking, repeat);
                    if !answers::settle(tx, &asked, &answer, now).await? {
                        return Ok(false);
                    }
                }
                if let Some(change) = &done.change {
                    audit_log::append(tx, &self.audit_entry(asking, change, now)).await?;
                }
                Ok::<_, AppError>(true)
            })
            .await?;
        if is_first {
            return Ok(Performed::Now(done.answer));
        }
        // Another process worked on the same request and was faster.
        match self.before(asking).await? {
            Before::Answered(answer) => Ok(Performed::Before(answer)),
            Before::Nothing | Before::Begun => Err(AppError::RepeatInProgress),
        }
    }
}
