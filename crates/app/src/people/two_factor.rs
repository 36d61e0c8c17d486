//! The second factor: offered, confirmed, taken back.
//!
//! Decided here: a secret is sealed for its person and asked for only once a code of it was shown;
//! turning it off needs the password and a code (AUT-11); recovery codes are shown once and replace
//! the ones before. Wrong codes and passwords are counted like those of a sign-in.

use adapters::secrets;
use domain::{
    sign_in::Counted,
    totp::{TotpSecret, read_recovery_code},
    user::{TwoFactor, User},
};
use store::{db::Tx, portal_sessions, user_secrets};

use super::{
    Visit, Visitor, brand_name, change, secrets_of,
    sign_in::{code_count, forgive},
};
use crate::{
    App,
    error::{AppError, Result},
};

/// What an authenticator app is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Enrolment {
    /// In groups of four, for people who type it.
    pub secret: String,
    /// What the QR code says.
    pub uri: String,
}

impl App {
    /// Offers a secret, the same one until it is confirmed.
    pub async fn offer_two_factor(&self, visitor: &Visitor) -> Result<Enrolment> {
        let (user, owner) = (&visitor.user, visitor.user.account.partner());
        let drawn = secrets::totp_secret();
        let sealed = self.outside.vault.seal(&sealed_for(user), drawn.bytes());
        let (secret, issuer) = self
            .db
            .write(async |tx| {
                let issuer = match owner {
                    None => self.platform.name.clone(),
                    Some(partner_id) => {
                        let partner = store::partners::find(tx, partner_id).await?;
                        partner.map_or(String::new(), |it| brand_name(&it).to_owned())
                    }
                };
                let user = super::the_user(tx, owner, user.user_id).await?;
                if user.two_factor == TwoFactor::On {
                    return Err(AppError::Refused("two-factor sign-in is on already".to_owned()));
                }
                match secrets_of(tx, &user).await?.totp_secret {
                    Some(sealed) => Ok((self.open_totp(&user, &sealed)?, issuer)),
                    None => {
                        user_secrets::offer_totp(tx, owner, user.user_id, &sealed).await?;
                        Ok((drawn.clone(), issuer))
                    }
                }
            })
            .await?;
        let uri = secret.uri(&issuer, user.email.as_str());
        Ok(Enrolment { secret: secret.shown(), uri })
    }

    /// Turns the second factor on with a code of the offered secret; the recovery codes, once.
    pub async fn confirm_two_factor(
        &self,
        (visitor, visit): (&Visitor, &Visit),
        typed: &str,
    ) -> Result<Vec<String>> {
        let now = self.clock.now();
        let (user, owner) = (&visitor.user, visitor.user.account.partner());
        let counts = vec![code_count(user)];
        self.refuse_waiting("code", &counts).await?;
        let codes = secrets::recovery_codes();
        self.db
            .write(async |tx| {
                let sealed = secrets_of(tx, user).await?.totp_secret;
                let sealed = sealed.ok_or_else(|| {
                    AppError::Refused("scan the code on the page first".to_owned())
                })?;
                let step = self.open_totp(user, &sealed)?.check(typed, now, None);
                let Some(step) = step else { return Err(wrong_code()) };
                user_secrets::confirm_totp(tx, owner, user.user_id, (step, now)).await?;
                keep_codes(tx, user, &codes).await?;
                let kept = Some(visitor.session.session_id);
                portal_sessions::end_all_of(tx, owner, user.user_id, kept).await?;
                forgive(tx, &counts).await?;
                self.note_in(tx, &visit.asking(user), &change(user, "user.two_factor_on")).await
            })
            .await?;
        Ok(codes)
    }

    /// Turns the second factor off, with the password and a code (AUT-11).
    pub async fn disable_two_factor(
        &self,
        (visitor, visit): (&Visitor, &Visit),
        (password, typed): (&str, &str),
    ) -> Result<()> {
        let now = self.clock.now();
        let (user, owner) = (&visitor.user, visitor.user.account.partner());
        let counts = self.check_own_password(visitor, ("password", password)).await?;
        self.db
            .write(async |tx| {
                if self.use_factor(tx, user, (typed, now)).await?.is_none() {
                    return Err(wrong_code());
                }
                user_secrets::clear_totp(tx, owner, user.user_id).await?;
                forgive(tx, &counts).await?;
                self.note_in(tx, &visit.asking(user), &change(user, "user.two_factor_off")).await
            })
            .await
    }

    /// Makes recovery codes anew; the ones before no longer work.
    pub async fn renew_recovery_codes(
        &self,
        (visitor, visit): (&Visitor, &Visit),
        password: &str,
    ) -> Result<Vec<String>> {
        let user = &visitor.user;
        let counts = self.check_own_password(visitor, ("password", password)).await?;
        let codes = secrets::recovery_codes();
        self.db
            .write(async |tx| {
                if super::the_user(tx, user.account.partner(), user.user_id).await?.two_factor
                    != TwoFactor::On
                {
                    return Err(AppError::Refused("two-factor sign-in is off".to_owned()));
                }
                keep_codes(tx, user, &codes).await?;
                forgive(tx, &counts).await?;
                let done = change(user, "user.recovery_codes_renewed");
                self.note_in(tx, &visit.asking(user), &done).await
            })
            .await?;
        Ok(codes)
    }

    /// How many recovery codes are left.
    pub async fn recovery_codes_left(&self, visitor: &Visitor) -> Result<u64> {
        let (user, owner) = (&visitor.user, visitor.user.account.partner());
        let mut tx = self.db.begin_single().await?;
        let left = user_secrets::codes_left(&mut tx, owner, user.user_id).await?;
        tx.commit().await?;
        Ok(left)
    }

    /// Refuses a wrong password of somebody who is signed in; what the attempt was counted under.
    pub(super) async fn check_own_password(
        &self,
        visitor: &Visitor,
        (field, password): (&str, &str),
    ) -> Result<Vec<(Counted, [u8; 32])>> {
        let counts = vec![code_count(&visitor.user)];
        self.refuse_waiting(field, &counts).await?;
        let mut tx = self.db.begin_single().await?;
        let hash = secrets_of(&mut tx, &visitor.user).await?.password_hash;
        tx.commit().await?;
        let shown: String = password.chars().take(domain::sign_in::PASSWORD_MAX + 1).collect();
        if self.is_password(hash, &shown).await? {
            return Ok(counts);
        }
        Err(AppError::invalid(field, "is not your current password"))
    }

    async fn refuse_waiting(&self, field: &str, counts: &Vec<(Counted, [u8; 32])>) -> Result<()> {
        match self.count(counts, self.clock.now()).await? {
            None => Ok(()),
            Some(seconds) => {
                let message = format!("was wrong too often; try again in {seconds} seconds");
                Err(AppError::invalid(field, message))
            }
        }
    }

    pub(super) fn open_totp(&self, user: &User, sealed: &[u8]) -> Result<TotpSecret> {
        let opened = self.outside.vault.open(&sealed_for(user), sealed);
        let opened = opened.map_err(|error| AppError::Outside(error.to_string()))?;
        let secret = TotpSecret::from_slice(&opened);
        secret.ok_or_else(|| AppError::Broken("a sealed second factor is too short".to_owned()))
    }
}

/// What a secret belongs to: sealed for one person it does not open for another.
fn sealed_for(user: &User) -> String {
    format!("{} second factor", user.user_id)
}

fn wrong_code() -> AppError {
    AppError::invalid("code", "is not the code that the app shows now")
}

async fn keep_codes(tx: &mut Tx, user: &User, codes: &[String]) -> Result<()> {
    let hashes: Vec<[u8; 32]> = codes
        .iter()
        .filter_map(|code| read_recovery_code(code))
        .map(|code| secrets::hash(&code))
        .collect();
    let owner = user.account.partner();
    Ok(user_secrets::replace_codes(tx, owner, user.user_id, &hashes).await?)
}
