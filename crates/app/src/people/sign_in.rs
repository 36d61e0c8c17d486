//! Coming in and going out.
//!
//! Decided here: attempts are counted, for the account and the address and for both together,
//! before the password is looked at; whoever must wait is told so whether or not the account
//! exists. A wrong password, an unknown address and an account that is closed look the same and
//! take the same time. A session gets a new cookie when it becomes a full one, so that a cookie
//! that somebody else planted is worth nothing.

use adapters::secrets::{self, ShownOnce};
use domain::{
    ids::{PartnerId, SignInId},
    sign_in::{Attempts, Bound, Counted, Session, Stage},
    tenant::TenantStatus,
    time::Timestamp,
    totp::read_recovery_code,
    user::{Account, Email, Standing, TwoFactor, User, UserState},
};
use store::{db::Tx, portal_sessions, sign_in_attempts, user_secrets, users};

use super::{OpenAccount, Visit, Visitor, change, may_enter, open_account, secrets_of, the_user};
use crate::{
    App,
    error::{AppError, Result},
};

/// Seconds after which counts of attempts are forgotten.
const KEPT_SECONDS: i64 = 86_400;
/// Rows that one transaction of housekeeping removes.
const FORGET_AT_ONCE: i64 = 1_000;
/// Longest name of a browser that is kept.
const MAX_AGENT: usize = 200;

/// A session that began.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entered {
    /// What the browser keeps.
    pub cookie: ShownOnce,
    /// The session.
    pub session: Session,
}

/// What came of an attempt with a password.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SignInOutcome {
    /// Signed in.
    In(Entered),
    /// The password was right; a code is asked for (AUT-06).
    Code(Entered),
    /// Not with this address and password, whichever is wrong.
    Wrong,
    /// Too many attempts: after so many seconds.
    Wait(u32),
}

/// What came of a code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CodeOutcome {
    /// Signed in.
    In(Box<Entered>),
    /// Not this code.
    Wrong,
    /// Too many attempts: after so many seconds.
    Wait(u32),
}

/// What an attempt is counted for, and the hash under which.
type Counts = Vec<(Counted, [u8; 32])>;

impl App {
    /// Tries to sign in with an address and a password.
    pub async fn sign_in(
        &self,
        visit: &Visit,
        (email, password): (&str, &str),
    ) -> Result<SignInOutcome> {
        let now = self.clock.now();
        let counts = counts(visit, email);
        if let Some(wait) = self.count(&counts, now).await? {
            return Ok(SignInOutcome::Wait(wait));
        }
        let found = self.find_by_email(visit, email).await?;
        let hash = found.as_ref().and_then(|(_, hash)| hash.clone());
        // Beyond what a password may be, only the beginning is hashed: it is wrong in any case.
        let shown: String = password.chars().take(domain::sign_in::PASSWORD_MAX + 1).collect();
        let is_right = self.is_password(hash.clone(), &shown).await?;
        let Some((user, _)) = found.filter(|_| is_right) else { return Ok(SignInOutcome::Wrong) };
        let needs_code = user.two_factor == TwoFactor::On;
        let stage = if needs_code { Stage::Code } else { Stage::Full };
        let owner = user.account.partner();
        let entered = self
            .db
            .write(async |tx| {
                // Whoever was removed or changed the password meanwhile is not let in.
                if secrets_of(tx, &user).await?.password_hash != hash {
                    return Ok(None);
                }
                forgive(tx, &counts).await?;
                let entered = self.enter(tx, visit, (&user, stage)).await?;
                if stage == Stage::Full {
                    users::note_sign_in(tx, owner, user.user_id, now).await?;
                    let done = change(&user, "user.sign_in");
                    self.note_in(tx, &visit.asking(&user), &done).await?;
                }
                Ok::<_, AppError>(Some(entered))
            })
            .await?;
        Ok(match (entered, stage) {
            (None, _) => SignInOutcome::Wrong,
            (Some(entered), Stage::Code) => SignInOutcome::Code(entered),
            (Some(entered), Stage::Full) => SignInOutcome::In(entered),
        })
    }

    /// Goes on with a code of the authenticator app, or a recovery code (AUT-05).
    pub async fn sign_in_code(
        &self,
        visit: &Visit,
        pending: &Visitor,
        typed: &str,
    ) -> Result<CodeOutcome> {
        let now = self.clock.now();
        let (user, owner) = (&pending.user, pending.user.account.partner());
        let counts = vec![code_count(user)];
        if let Some(wait) = self.count(&counts, now).await? {
            return Ok(CodeOutcome::Wait(wait));
        }
        let entered = self
            .db
            .write(async |tx| {
                let session_id = pending.session.session_id;
                let Some(action) = self.use_factor(tx, user, (typed, now)).await? else {
                    return Ok(None);
                };
                // A code is no use to whoever has no right password: that session must be there.
                if !portal_sessions::end(tx, owner, user.user_id, session_id).await? {
                    return Ok(None);
                }
                forgive(tx, &counts).await?;
                let entered = self.enter(tx, visit, (user, Stage::Full)).await?;
                users::note_sign_in(tx, owner, user.user_id, now).await?;
                self.note_in(tx, &visit.asking(user), &change(user, action)).await?;
                Ok::<_, AppError>(Some(entered))
            })
            .await?;
        Ok(entered.map_or(CodeOutcome::Wrong, |entered| CodeOutcome::In(Box::new(entered))))
    }

    /// Uses up the code that was typed; what that was, where it was one.
    pub(super) async fn use_factor(
        &self,
        tx: &mut Tx,
        user: &User,
        (typed, now): (&str, Timestamp),
    ) -> Result<Option<&'static str>> {
        let owner = user.account.partner();
        let kept = secrets_of(tx, user).await?;
        if let Some(sealed) = &kept.totp_secret {
            let secret = self.open_totp(user, sealed)?;
            if let Some(step) = secret.check(typed, now, kept.totp_step) {
                let is_first = user_secrets::use_step(tx, owner, user.user_id, step).await?;
                return Ok(is_first.then_some("user.sign_in"));
            }
        }
        let Some(code) = read_recovery_code(typed) else { return Ok(None) };
        let hash = secrets::hash(&code);
        let is_one = user_secrets::use_code(tx, owner, user.user_id, &hash).await?;
        Ok(is_one.then_some("user.sign_in_by_recovery_code"))
    }

    /// Who has this cookie, if it works here and now.
    pub async fn visitor(&self, cookie: &str, bound: &Bound) -> Result<Option<Visitor>> {
        let now = self.clock.now();
        let mut tx = self.db.begin_read().await?;
        let found = portal_sessions::find_by_hash(&mut tx, &secrets::hash(cookie)).await?;
        let found = found
            .filter(|(session, user)| session.works(bound, now) && may_enter(user.account, bound));
        let Some((session, user)) = found else { return Ok(None) };
        let own = open_account(&mut tx, user.account).await?.filter(is_open);
        if own.is_none() {
            return Ok(None);
        }
        let at = session.standing.account();
        let (session, account) = match open_account(&mut tx, at).await? {
            Some(named) => (session, named),
            // What was managed is gone: back home.
            None => {
                let standing = Standing::home(user.account, user.role);
                let named = own.expect("the own account is open");
                (Session { standing, ..session }, named)
            }
        };
        tx.commit().await?;
        Ok(Some(Visitor { user, session, account }))
    }

    /// A cookie's text for a visitor who is nobody yet; nothing is kept of it.
    pub fn draw_cookie(&self) -> String {
        ShownOnce::draw("").reveal().to_owned()
    }

    /// Ends the session (AUT-12).
    pub async fn sign_out(&self, visitor: &Visitor) -> Result<()> {
        let owner = visitor.user.account.partner();
        self.db
            .write(async |tx| {
                let session_id = visitor.session.session_id;
                portal_sessions::end(tx, owner, visitor.user.user_id, session_id).await?;
                Ok::<_, AppError>(())
            })
            .await
    }

    /// Ends another session of the same person, or all but the one that asks.
    pub async fn sign_out_elsewhere(
        &self,
        (visitor, visit): (&Visitor, &Visit),
        only: Option<SignInId>,
    ) -> Result<()> {
        let (user, owner) = (&visitor.user, visitor.user.account.partner());
        self.db
            .write(async |tx| {
                match only {
                    Some(session_id) => {
                        portal_sessions::end(tx, owner, user.user_id, session_id).await?;
                    }
                    None => {
                        let kept = Some(visitor.session.session_id);
                        portal_sessions::end_all_of(tx, owner, user.user_id, kept).await?;
                    }
                }
                let done = change(user, "user.sessions_ended");
                self.note_in(tx, &visit.asking(user), &done).await
            })
            .await
    }

    /// The person's sessions, newest first.
    pub async fn own_sessions(&self, visitor: &Visitor) -> Result<Vec<Session>> {
        let (user, now) = (&visitor.user, self.clock.now());
        let mut tx = self.db.begin_single().await?;
        let owner = user.account.partner();
        let sessions = portal_sessions::of_user(&mut tx, owner, (user, now)).await?;
        tx.commit().await?;
        Ok(sessions)
    }

    /// Goes to an account below (TNT-21), or with none one step back up.
    pub async fn act_at(
        &self,
        (visitor, visit): (&Visitor, &Visit),
        account: Option<Account>,
    ) -> Result<Standing> {
        let standing = visitor.session.standing;
        let next = match account {
            Some(account) => {
                standing.at(account).map_err(|error| AppError::Forbidden(error.to_string()))?
            }
            None => standing.up(),
        };
        let owner = visitor.user.account.partner();
        let acting = next.is_acting().then_some(next.account());
        self.db
            .write(async |tx| {
                let session_id = visitor.session.session_id;
                if open_account(tx, next.account()).await?.is_none() {
                    return Err(AppError::not_found("account", "with this id"));
                }
                portal_sessions::act(tx, owner, session_id, acting).await?;
                if account.is_some() {
                    let mut done = change(&visitor.user, "user.act_as");
                    done.tenant_id = next.account().tenant();
                    if let (Some(partner_id), None) = (next.account().partner(), done.tenant_id) {
                        done.object_id = partner_id.to_string();
                    } else if let Some(tenant_id) = done.tenant_id {
                        done.object_id = tenant_id.to_string();
                    }
                    let session = Session { standing: next, ..visitor.session.clone() };
                    let acting = Visitor { session, ..visitor.clone() };
                    self.note_in(tx, &acting.asking(visit), &done).await?;
                }
                Ok(next)
            })
            .await
    }

    /// Begins a session of `user`.
    async fn enter(
        &self,
        tx: &mut Tx,
        visit: &Visit,
        (user, stage): (&User, Stage),
    ) -> Result<Entered> {
        let now = self.clock.now();
        let session = Session {
            session_id: self.ids.draw(now),
            user_id: user.user_id,
            standing: Standing::home(user.account, user.role),
            stage,
            bound: visit.bound.clone(),
            created_at: now,
            expires_at: now.plus_seconds(stage.seconds()),
            ip: visit.ip.clone(),
            agent: visit.agent.chars().take(MAX_AGENT).collect(),
        };
        let cookie = ShownOnce::draw("");
        let owner = user.account.partner();
        portal_sessions::insert(tx, owner, &session, &cookie.hash()).await?;
        Ok(Entered { cookie, session })
    }

    /// Who may come in here under this address, with the hash of the password.
    async fn find_by_email(
        &self,
        visit: &Visit,
        email: &str,
    ) -> Result<Option<(User, Option<String>)>> {
        let Ok(email) = Email::parse(email) else { return Ok(None) };
        let mut tx = self.db.begin_read().await?;
        let found = users::with_email(&mut tx, visit.bound.partner_id, &email).await?;
        let user = found
            .into_iter()
            .find(|user| may_enter(user.account, &visit.bound) && user.state == UserState::Active);
        let Some(user) = user else { return Ok(None) };
        let is_there = open_account(&mut tx, user.account).await?.filter(is_open).is_some();
        let hash = secrets_of(&mut tx, &user).await?.password_hash;
        tx.commit().await?;
        Ok(is_there.then_some((user, hash)))
    }

    /// Counts an attempt; how long one must wait where there were too many.
    pub(super) async fn count(&self, counts: &Counts, now: Timestamp) -> Result<Option<u32>> {
        self.db
            .write(async |tx| {
                let mut next = Vec::new();
                let mut wait = None;
                for (counted, hash) in counts {
                    sign_in_attempts::prepare(tx, hash, now).await?;
                    let before = sign_in_attempts::lock(tx, hash).await?;
                    let before = before.filter(|attempts| attempts.count > 0);
                    let limit = counted.limit();
                    wait = wait.max(before.and_then(|attempts| attempts.wait(limit, now)));
                    next.push((hash, Attempts::another(before, limit, now)));
                }
                if wait.is_none() {
                    for (hash, attempts) in next {
                        sign_in_attempts::put(tx, hash, attempts).await?;
                    }
                }
                Ok(wait)
            })
            .await
    }

    /// The operator ends all sessions of a partner's team (AUT-08). Answers how many there were.
    pub async fn end_sessions_of(&self, partner_id: PartnerId) -> Result<u64> {
        self.db
            .write(async |tx| {
                if store::partners::find(tx, partner_id).await?.is_none() {
                    return Err(AppError::not_found("partner", partner_id));
                }
                Ok(portal_sessions::end_all_at(tx, Account::Partner(partner_id)).await?)
            })
            .await
    }

    /// Forgets sessions that are over and attempts that count no more.
    pub async fn forget_sign_ins(&self) -> Result<()> {
        let now = self.clock.now();
        let mut tx = self.db.begin().await?;
        portal_sessions::forget(&mut tx, now, FORGET_AT_ONCE).await?;
        let before = now.plus_seconds(-KEPT_SECONDS);
        sign_in_attempts::forget(&mut tx, before, FORGET_AT_ONCE).await?;
        Ok(tx.commit().await?)
    }

    /// The person itself, as it is now.
    pub async fn user(
        &self,
        owner: Option<PartnerId>,
        user_id: domain::ids::UserId,
    ) -> Result<User> {
        let mut tx = self.db.begin_single().await?;
        let user = the_user(&mut tx, owner, user_id).await?;
        tx.commit().await?;
        Ok(user)
    }
}

/// Nobody comes in at a tenant that was cancelled (TNT-17).
fn is_open(account: &OpenAccount) -> bool {
    account.tenant_status != Some(TenantStatus::Cancelled)
}

/// What an attempt with this address is counted for, in the order in which rows are locked.
fn counts(visit: &Visit, email: &str) -> Counts {
    let portal = visit.bound.partner_id.map_or(String::new(), |it| it.to_string());
    let email: String = email.trim().to_ascii_lowercase().chars().take(300).collect();
    let of = |what: &[&str]| secrets::hash(&what.join("\n"));
    let mut counts = vec![
        (Counted::Pair, of(&["pair", &portal, &email, &visit.ip])),
        (Counted::Account, of(&["account", &portal, &email])),
        (Counted::Address, of(&["address", &visit.ip])),
    ];
    counts.sort_by_key(|(_, hash)| *hash);
    counts
}

/// What codes and passwords that a person types while signed in are counted for.
pub(super) fn code_count(user: &User) -> (Counted, [u8; 32]) {
    (Counted::Code, secrets::hash(&format!("code\n{}", user.user_id)))
}

/// Somebody got in: the person's own counts are cleared, the others lose this attempt.
pub(super) async fn forgive(tx: &mut Tx, counts: &Counts) -> Result<()> {
    for (counted, hash) in counts {
        match counted {
            Counted::Pair | Counted::Code => sign_in_attempts::clear(tx, hash).await?,
            Counted::Account | Counted::Address => {
                sign_in_attempts::forgive_one(tx, hash).await?;
            }
        }
    }
    Ok(())
}
