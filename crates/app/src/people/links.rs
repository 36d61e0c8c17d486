//! Links in mails: invitations, new passwords, confirmed addresses.
//!
//! Decided here: a link only shows a page; what it is for is done by the form on it, because mail
//! programs follow links by themselves. It works once, for its time, in the portal it was sent for.
//! Asking for a new password looks the same whether or not somebody has the address (AUT-01).

use domain::{
    sign_in::TokenKind,
    user::{Email, User, UserState},
};
use store::{db::Tx, portal_sessions, user_secrets, users};

use super::{
    Visit, Visitor, change, check_new_password,
    letters::{Notice, token_hash},
    may_enter, open_account, secrets_of, the_user,
};
use crate::{
    App,
    error::{AppError, FieldError, Result},
    keys::Allowance,
};

/// Mails with links that one address gets a minute at most, and ten times as often an hour.
const LINKS_A_MINUTE: u32 = 2;

/// A link that works.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Followed {
    /// Whose it is.
    pub user: User,
}

/// A link does not work, or not any more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LinkRefusal;

impl App {
    /// The link with this token, if it works here and now.
    pub async fn follow(
        &self,
        visit: &Visit,
        (kind, token): (TokenKind, &str),
    ) -> Result<Result<Followed, LinkRefusal>> {
        let mut tx = self.db.begin_read().await?;
        let user = self.followed(&mut tx, visit, (kind, token)).await?;
        tx.commit().await?;
        Ok(user.map(|user| Followed { user }).ok_or(LinkRefusal))
    }

    async fn followed(
        &self,
        tx: &mut Tx,
        visit: &Visit,
        (kind, token): (TokenKind, &str),
    ) -> Result<Option<User>> {
        let kept = user_secrets::find_token(tx, kind, &token_hash(token)).await?;
        let Some(kept) = kept.filter(|kept| self.clock.now() < kept.expires_at) else {
            return Ok(None);
        };
        let user = users::find(tx, kept.owner, kept.user_id).await?;
        let right = match kind {
            TokenKind::Invitation => UserState::Invited,
            TokenKind::Reset | TokenKind::Verify => UserState::Active,
        };
        let user = user.filter(|it| it.state == right && may_enter(it.account, &visit.bound));
        let Some(user) = user else { return Ok(None) };
        Ok(open_account(tx, user.account).await?.map(|_| user))
    }

    /// Sets a password by a link: the first one of an invitation, or another one. Whoever was
    /// signed in is signed out. The refusal where the link does not work.
    pub async fn set_password_by_link(
        &self,
        visit: &Visit,
        (kind, token): (TokenKind, &str),
        (password, repeated): (&str, &str),
    ) -> Result<Result<User, LinkRefusal>> {
        check_repeated(("password", password), ("repeated", repeated))?;
        if self.follow(visit, (kind, token)).await?.is_err() {
            return Ok(Err(LinkRefusal));
        }
        let hash = self.hashed(password).await?;
        let now = self.clock.now();
        let done = self
            .db
            .write(async |tx| {
                let Some(mut user) = self.followed(tx, visit, (kind, token)).await? else {
                    return Ok(None);
                };
                let owner = user.account.partner();
                if !user_secrets::use_token(tx, owner, &token_hash(token)).await? {
                    return Ok(None);
                }
                // The mail arrived, so the address is the person's.
                if user.verified_at.is_none() {
                    user.verified_at = Some(now);
                    users::save(tx, owner, &user).await?;
                }
                let before = secrets_of(tx, &user).await?.password_hash;
                let change_of = (before.as_deref(), hash.as_str());
                user_secrets::set_password(tx, owner, user.user_id, change_of).await?;
                user_secrets::drop_tokens(tx, owner, user.user_id).await?;
                portal_sessions::end_all_of(tx, owner, user.user_id, None).await?;
                let action = match kind {
                    TokenKind::Invitation => "user.invitation_accepted",
                    TokenKind::Reset | TokenKind::Verify => {
                        self.send_notice(tx, &user, Notice::PasswordChanged).await?;
                        "user.password_reset"
                    }
                };
                self.note_in(tx, &visit.asking(&user), &change(&user, action)).await?;
                Ok::<_, AppError>(Some(user))
            })
            .await?;
        Ok(done.ok_or(LinkRefusal))
    }

    /// Confirms an address by a link (AUT-02).
    pub async fn verify_email(
        &self,
        visit: &Visit,
        token: &str,
    ) -> Result<Result<User, LinkRefusal>> {
        let now = self.clock.now();
        let done = self
            .db
            .write(async |tx| {
                let link = (TokenKind::Verify, token);
                let Some(mut user) = self.followed(tx, visit, link).await? else {
                    return Ok(None);
                };
                let owner = user.account.partner();
                if !user_secrets::use_token(tx, owner, &token_hash(token)).await? {
                    return Ok(None);
                }
                user.verified_at = Some(now);
                users::save(tx, owner, &user).await?;
                let done = change(&user, "user.email_verified");
                self.note_in(tx, &visit.asking(&user), &done).await?;
                Ok::<_, AppError>(Some(user))
            })
            .await?;
        Ok(done.ok_or(LinkRefusal))
    }

    /// Sends a link for a new password to this address, if somebody who may come in here has it.
    /// What is answered and how long it takes says nothing about that.
    pub async fn ask_reset(&self, visit: &Visit, email: &str) -> Result<()> {
        let email = Email::parse(email).map_err(|it| AppError::invalid("email", it.to_string()))?;
        let portal = visit.bound.partner_id.map_or(String::new(), |it| it.to_string());
        if !self.may_mail(&format!("reset {portal} {}", email.key())) {
            return Ok(());
        }
        let counts = self.reset_counts(visit);
        if self.count(&counts, self.clock.now()).await?.is_some() {
            return Ok(());
        }
        self.db
            .write(async |tx| {
                let found = users::with_email(tx, visit.bound.partner_id, &email).await?;
                let user = found.into_iter().find(|it| may_enter(it.account, &visit.bound));
                let Some(user) = user else { return Ok(()) };
                match user.state {
                    UserState::Active => self.send_link(tx, &user, TokenKind::Reset).await,
                    // Who lost the invitation gets it again: it sets a password, too.
                    UserState::Invited => self.send_link(tx, &user, TokenKind::Invitation).await,
                    UserState::Removed => Ok(()),
                }
            })
            .await
    }

    fn reset_counts(&self, visit: &Visit) -> Vec<(domain::sign_in::Counted, [u8; 32])> {
        let of = format!("reset\n{}", visit.ip);
        vec![(domain::sign_in::Counted::Address, token_hash(&of))]
    }

    /// Sends the link that confirms the person's address once more.
    pub async fn resend_verification(&self, visitor: &Visitor) -> Result<()> {
        let (user_id, owner) = (visitor.user.user_id, visitor.user.account.partner());
        if !self.may_mail(&format!("verify {user_id}")) {
            return Ok(());
        }
        self.db
            .write(async |tx| {
                let user = the_user(tx, owner, user_id).await?;
                match user.verified_at {
                    None => self.send_link(tx, &user, TokenKind::Verify).await,
                    Some(_) => Ok(()),
                }
            })
            .await
    }

    /// Whether another mail may go to whoever `name` says.
    fn may_mail(&self, name: &str) -> bool {
        matches!(self.limits.take(name, LINKS_A_MINUTE), Allowance::Granted { .. })
    }
}

/// Refuses a weak password and one that was typed differently the second time.
pub(super) fn check_repeated(
    (field, password): (&str, &str),
    (again, repeated): (&str, &str),
) -> Result<()> {
    check_new_password(field, password)?;
    if password == repeated {
        return Ok(());
    }
    let message = "is not the same as the new password".to_owned();
    Err(AppError::Invalid(vec![FieldError { field: again.to_owned(), message }]))
}
