//! An account's people: invited, listed, promoted, removed.
//!
//! Decided here: who is invited gets a link that sets a password (USR-03); inviting again replaces
//! the link (USR-04); an address that is taken is refused (USR-07), and one address is never two
//! people in one partner's portal. Removing somebody ends the sessions at once (USR-05) and keeps
//! what was done. These use cases write no audit entry: whoever asks for them does.

use domain::{
    ids::{PartnerId, UserId},
    paging::{Page, PageRequest},
    sign_in::TokenKind,
    user::{Account, Email, Role, Theme, TwoFactor, User, UserState, may_lose},
};
pub use store::users::UserFilter;
use store::{db::Tx, error::StoreError, portal_sessions, user_secrets, users};

use super::{check_new_password, open_account, the_user};
use crate::{
    App,
    error::{AppError, FieldError, Result},
};

/// Longest name of a person in characters.
const MAX_NAME: usize = 120;
/// People that one account may have: more is a mistake or an attack.
const MAX_USERS: u64 = 10_000;

/// A person to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewUser {
    /// Where its mails go.
    pub email: String,
    /// For people.
    pub name: String,
    /// What it may do.
    pub role: Role,
}

impl App {
    /// Invites somebody into an account (USR-03).
    pub async fn invite_user(&self, account: Account, new: &NewUser) -> Result<User> {
        self.db
            .write(async |tx| {
                let user = self.add(tx, account, (new, None)).await?;
                self.send_link(tx, &user, TokenKind::Invitation).await?;
                the_user(tx, account.partner(), user.user_id).await
            })
            .await
    }

    /// Adds somebody with a password and a confirmed address: the first administrator of an
    /// account, whom nobody can invite.
    pub async fn create_user(
        &self,
        account: Account,
        new: &NewUser,
        password: &str,
    ) -> Result<User> {
        check_new_password("password", password)?;
        let hash = self.hashed(password).await?;
        self.db.write(async |tx| self.add(tx, account, (new, Some(&hash))).await).await
    }

    async fn add(
        &self,
        tx: &mut Tx,
        account: Account,
        (new, hash): (&NewUser, Option<&str>),
    ) -> Result<User> {
        let now = self.clock.now();
        let mut errors = Vec::new();
        let email = Email::parse(&new.email).map_err(|error| {
            errors.push(FieldError { field: "email".to_owned(), message: error.to_string() });
        });
        errors.extend(check_name(&new.name).err());
        if new.role.layer() != account.layer() {
            let message = format!("{} is no role of this account", new.role.title());
            errors.push(FieldError { field: "role".to_owned(), message });
        }
        let (Ok(email), true) = (email, errors.is_empty()) else {
            return Err(AppError::Invalid(errors));
        };
        if open_account(tx, account).await?.is_none() {
            return Err(AppError::not_found("account", "with this id"));
        }
        if users::count(tx, account).await? >= MAX_USERS {
            return Err(AppError::Refused(format!("an account has at most {MAX_USERS} people")));
        }
        refuse_taken(tx, account, &email).await?;
        let user = User {
            user_id: self.ids.draw(now),
            account,
            email,
            name: new.name.trim().to_owned(),
            role: new.role,
            zone: None,
            theme: Theme::System,
            state: if hash.is_some() { UserState::Active } else { UserState::Invited },
            verified_at: hash.map(|_| now),
            two_factor: TwoFactor::Off,
            last_login_at: None,
            invited_until: None,
            created_at: now,
            version: 1,
        };
        users::insert(tx, account, (&user, hash)).await.map_err(taken)?;
        Ok(user)
    }

    /// Sends an invitation once more, for 7 days from now; the earlier link is dead (USR-04).
    pub async fn invite_again(&self, owner: Option<PartnerId>, user_id: UserId) -> Result<User> {
        self.db
            .write(async |tx| {
                let user = the_user(tx, owner, user_id).await?;
                if user.state != UserState::Invited {
                    return Err(AppError::Refused("the invitation was accepted".to_owned()));
                }
                self.send_link(tx, &user, TokenKind::Invitation).await?;
                the_user(tx, owner, user_id).await
            })
            .await
    }

    /// Gives somebody another role, if it still has version `seen` (USR-06). `asker` is who asks,
    /// where it is a person.
    pub async fn set_role(
        &self,
        (owner, asker): (Option<PartnerId>, Option<UserId>),
        (user_id, seen): (UserId, i64),
        role: Role,
    ) -> Result<User> {
        self.db
            .write(async |tx| {
                let mut user = the_user(tx, owner, user_id).await?;
                if user.version != seen {
                    return Err(AppError::Stale("the user"));
                }
                if role.layer() != user.account.layer() {
                    let message = format!("{} is no role of this account", role.title());
                    return Err(AppError::invalid("role", message));
                }
                if role == user.role {
                    return Ok(user);
                }
                let admins = users::lock_admins(tx, user.account).await?;
                if !role.is_admin() {
                    may_lose(&user, asker, admins)
                        .map_err(|error| AppError::Refused(error.to_string()))?;
                }
                user.role = role;
                users::save(tx, owner, &user).await?;
                the_user(tx, owner, user_id).await
            })
            .await
    }

    /// Gives somebody another name, if it still has version `seen`.
    pub async fn rename_user(
        &self,
        owner: Option<PartnerId>,
        (user_id, seen): (UserId, i64),
        name: &str,
    ) -> Result<User> {
        check_name(name).map_err(|error| AppError::Invalid(vec![error]))?;
        self.db
            .write(async |tx| {
                let mut user = the_user(tx, owner, user_id).await?;
                if user.version != seen {
                    return Err(AppError::Stale("the user"));
                }
                name.trim().clone_into(&mut user.name);
                users::save(tx, owner, &user).await?;
                the_user(tx, owner, user_id).await
            })
            .await
    }

    /// Removes somebody, or takes an invitation back (USR-05, USR-06).
    pub async fn remove_user(
        &self,
        (owner, asker): (Option<PartnerId>, Option<UserId>),
        user_id: UserId,
    ) -> Result<User> {
        let now = self.clock.now();
        self.db
            .write(async |tx| {
                let user = the_user(tx, owner, user_id).await?;
                let admins = users::lock_admins(tx, user.account).await?;
                may_lose(&user, asker, admins)
                    .map_err(|error| AppError::Refused(error.to_string()))?;
                users::remove(tx, owner, user_id, now).await?;
                user_secrets::drop_tokens(tx, owner, user_id).await?;
                user_secrets::replace_codes(tx, owner, user_id, &[]).await?;
                portal_sessions::end_all_of(tx, owner, user_id, None).await?;
                Ok(user)
            })
            .await
    }

    /// A page of the owner's people.
    pub async fn users(
        &self,
        owner: Option<PartnerId>,
        filter: UserFilter,
        page: &PageRequest,
    ) -> Result<Page<User>> {
        let mut tx = self.db.begin_single().await?;
        let page = users::list(&mut tx, owner, filter, page).await?;
        tx.commit().await?;
        Ok(page)
    }

    /// How many people an account has (USR-09).
    pub async fn count_users(&self, account: Account) -> Result<u64> {
        let mut tx = self.db.begin_single().await?;
        let count = users::count(&mut tx, account).await?;
        tx.commit().await?;
        Ok(count)
    }
}

/// Refuses what is no name of a person.
pub(super) fn check_name(name: &str) -> std::result::Result<(), FieldError> {
    let name = name.trim();
    let length = name.chars().count();
    if (1..=MAX_NAME).contains(&length) && !name.chars().any(char::is_control) {
        return Ok(());
    }
    let message = format!("must have 1 to {MAX_NAME} printable characters");
    Err(FieldError { field: "name".to_owned(), message })
}

/// Refuses an address that would be ambiguous where the account's people sign in.
pub(super) async fn refuse_taken(tx: &mut Tx, account: Account, email: &Email) -> Result<()> {
    let found = users::with_email(tx, account.partner(), email).await?;
    let clashes = found.iter().any(|other| match (account, other.account) {
        // Tenants' people and another partner's never meet at a sign-in.
        (Account::Tenant(partner_id, _), Account::Partner(other)) => partner_id == other,
        (Account::Tenant(..), Account::Operator) => false,
        _ => true,
    });
    if clashes { Err(already_there()) } else { Ok(()) }
}

fn already_there() -> AppError {
    AppError::Refused("somebody has this address already".to_owned())
}

/// The unique index saw what two who asked at once did not.
pub(super) fn taken(error: StoreError) -> AppError {
    if error.is_unique_violation() { already_there() } else { error.into() }
}
