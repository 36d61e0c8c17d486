//! What people change about themselves.
//!
//! Decided here: a new password needs the current one and ends all other sessions (AUT-04); so does
//! a new address, which must be confirmed before anything else is reached (AUT-02), and of which
//! the one before is told.

use domain::{
    sign_in::TokenKind,
    time::Zone,
    user::{Email, Theme, User},
};
use store::{portal_sessions, user_secrets, users};

use super::{
    Visit, Visitor, change,
    letters::Notice,
    links::check_repeated,
    secrets_of,
    sign_in::forgive,
    team::{check_name, refuse_taken, taken},
    the_user,
};
use crate::{
    App,
    error::{AppError, FieldError, Result},
};

/// What one changes about oneself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProfileEdit {
    /// For people.
    pub name: String,
    /// The own zone; the account's where it is empty.
    pub zone: String,
    /// Light or dark.
    pub theme: Theme,
}

impl App {
    /// Edits the person's own profile.
    pub async fn edit_own(
        &self,
        (visitor, visit): (&Visitor, &Visit),
        edit: &ProfileEdit,
    ) -> Result<User> {
        let mut errors = Vec::new();
        errors.extend(check_name(&edit.name).err());
        let zone = match edit.zone.trim() {
            "" => None,
            text => match Zone::parse(text) {
                Ok(zone) => Some(zone),
                Err(error) => {
                    let (field, message) = ("zone".to_owned(), error.to_string());
                    errors.push(FieldError { field, message });
                    None
                }
            },
        };
        if !errors.is_empty() {
            return Err(AppError::Invalid(errors));
        }
        let owner = visitor.user.account.partner();
        self.db
            .write(async |tx| {
                let mut user = the_user(tx, owner, visitor.user.user_id).await?;
                edit.name.trim().clone_into(&mut user.name);
                user.zone.clone_from(&zone);
                user.theme = edit.theme;
                users::save(tx, owner, &user).await?;
                user.version += 1;
                let done = change(&user, "user.profile_edited");
                self.note_in(tx, &visit.asking(&user), &done).await?;
                Ok(user)
            })
            .await
    }

    /// Chooses light or dark pages.
    pub async fn choose_theme(&self, visitor: &Visitor, theme: Theme) -> Result<()> {
        let owner = visitor.user.account.partner();
        self.db
            .write(async |tx| {
                let mut user = the_user(tx, owner, visitor.user.user_id).await?;
                user.theme = theme;
                Ok(users::save(tx, owner, &user).await?)
            })
            .await
    }

    /// Changes the person's own password (AUT-04).
    pub async fn change_password(
        &self,
        (visitor, visit): (&Visitor, &Visit),
        current: &str,
        (password, repeated): (&str, &str),
    ) -> Result<()> {
        check_repeated(("password", password), ("repeated", repeated))?;
        let counts = self.check_own_password(visitor, ("current", current)).await?;
        let hash = self.hashed(password).await?;
        let (user, owner) = (&visitor.user, visitor.user.account.partner());
        self.db
            .write(async |tx| {
                let before = secrets_of(tx, user).await?.password_hash;
                let change_of = (before.as_deref(), hash.as_str());
                user_secrets::set_password(tx, owner, user.user_id, change_of).await?;
                user_secrets::drop_tokens(tx, owner, user.user_id).await?;
                let kept = Some(visitor.session.session_id);
                portal_sessions::end_all_of(tx, owner, user.user_id, kept).await?;
                forgive(tx, &counts).await?;
                self.send_notice(tx, user, Notice::PasswordChanged).await?;
                let done = change(user, "user.password_changed");
                self.note_in(tx, &visit.asking(user), &done).await
            })
            .await
    }

    /// Changes the person's own address, which is then to be confirmed.
    pub async fn change_email(
        &self,
        (visitor, visit): (&Visitor, &Visit),
        (email, password): (&str, &str),
    ) -> Result<User> {
        let email = Email::parse(email).map_err(|it| AppError::invalid("email", it.to_string()))?;
        let counts = self.check_own_password(visitor, ("email_password", password)).await?;
        let owner = visitor.user.account.partner();
        self.db
            .write(async |tx| {
                let before = the_user(tx, owner, visitor.user.user_id).await?;
                if before.email == email {
                    return Ok(before);
                }
                if before.email.key() != email.key() {
                    refuse_taken(tx, before.account, &email).await?;
                }
                let mut user = User { email: email.clone(), ..before.clone() };
                user.verified_at = None;
                users::save(tx, owner, &user).await.map_err(taken)?;
                user.version += 1;
                user_secrets::drop_tokens(tx, owner, user.user_id).await?;
                let kept = Some(visitor.session.session_id);
                portal_sessions::end_all_of(tx, owner, user.user_id, kept).await?;
                forgive(tx, &counts).await?;
                self.send_notice(tx, &before, Notice::EmailChanged).await?;
                self.send_link(tx, &user, TokenKind::Verify).await?;
                let done = change(&user, "user.email_changed");
                self.note_in(tx, &visit.asking(&user), &done).await?;
                Ok(user)
            })
            .await
    }
}
