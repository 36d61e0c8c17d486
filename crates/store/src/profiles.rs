//! Billing profiles and their versions.
//!
//! Decided here: a version is inserted once and never updated (PRO-15); whoever adds one says
//! which version was the latest, and is refused where that is no longer so.

use domain::{
    ids::{PartnerId, ProfileId},
    paging::{Page, PageRequest},
    profile::{ProfileTerms, ProfileVersion},
    term::DatedVersion,
    time::Timestamp,
};

use sqlx::AssertSqlSafe;

use crate::{
    columns::{after, guarded, id},
    db::{Tx, json_list, on},
    error::StoreError,
    listing::List,
};

/// A profile, whatever its versions say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Profile {
    /// Its id.
    pub profile_id: ProfileId,
    /// The latest version's name.
    pub name: String,
    /// The latest version.
    pub latest_version: i64,
    /// When it was created.
    pub created_at: Timestamp,
}

#[derive(sqlx::FromRow)]
struct ProfileRow {
    profile_id: String,
    name: String,
    latest_version: i64,
    created_at: i64,
}

impl ProfileRow {
    fn read(self) -> Result<Profile, StoreError> {
        Ok(Profile {
            profile_id: id("profile.profile_id", &self.profile_id)?,
            name: self.name,
            latest_version: self.latest_version,
            created_at: Timestamp::from_micros(self.created_at),
        })
    }
}

/// Creates a profile with its first version.
pub async fn insert(
    tx: &mut Tx,
    partner_id: PartnerId,
    first: &ProfileVersion,
    now: Timestamp,
) -> Result<(), StoreError> {
    on!(tx, conn => sqlx::query(
        "insert into profile (partner_id, profile_id, name, latest_version, created_at)
         values ($1, $2, $3, $4, $5)",
    )
    .bind(partner_id.to_string())
    .bind(first.profile_id.to_string())
    .bind(&first.terms.name)
    .bind(first.version)
    .bind(now.micros())
    .execute(conn).await.map(drop))?;
    insert_version(tx, partner_id, first, now).await
}

/// Adds the version after `seen`; `Stale` where the latest is another one.
pub async fn add_version(
    tx: &mut Tx,
    partner_id: PartnerId,
    (next, seen): (&ProfileVersion, i64),
    now: Timestamp,
) -> Result<(), StoreError> {
    let saved = on!(tx, conn => sqlx::query(
        "update profile set name = $4, latest_version = $5
         where partner_id = $1 and profile_id = $2 and latest_version = $3",
    )
    .bind(partner_id.to_string())
    .bind(next.profile_id.to_string())
    .bind(seen)
    .bind(&next.terms.name)
    .bind(next.version)
    .execute(conn).await.map(|done| done.rows_affected()))?;
    guarded(saved, "the profile")?;
    insert_version(tx, partner_id, next, now).await
}

async fn insert_version(
    tx: &mut Tx,
    partner_id: PartnerId,
    version: &ProfileVersion,
    now: Timestamp,
) -> Result<(), StoreError> {
    let terms = serde_json::to_string(&version.terms).expect("terms are JSON");
    on!(tx, conn => sqlx::query(
        "insert into profile_version (partner_id, profile_id, version, terms, created_at)
         values ($1, $2, $3, $4, $5)",
    )
    .bind(partner_id.to_string())
    .bind(version.profile_id.to_string())
    .bind(version.version)
    .bind(&terms)
    .bind(now.micros())
    .execute(conn).await.map(drop))?;
    Ok(())
}

/// The partner's profile with this id.
pub async fn find(
    tx: &mut Tx,
    partner_id: PartnerId,
    profile_id: ProfileId,
) -> Result<Option<Profile>, StoreError> {
    let row: Option<ProfileRow> = on!(tx, conn => sqlx::query_as(
        "select profile_id, name, latest_version, created_at from profile
         where partner_id = $1 and profile_id = $2",
    ).bind(partner_id.to_string()).bind(profile_id.to_string()).fetch_optional(conn).await)?;
    row.map(ProfileRow::read).transpose()
}

/// [`find`], and the profile stays as it is until the transaction ends: whoever gives it to a
/// tenant and whoever deletes it must not miss each other.
pub async fn find_locked(
    tx: &mut Tx,
    partner_id: PartnerId,
    profile_id: ProfileId,
) -> Result<Option<Profile>, StoreError> {
    let sql = tx.locking(
        "select profile_id, name, latest_version, created_at from profile
         where partner_id = $1 and profile_id = $2",
    );
    let row: Option<ProfileRow> = on!(tx, conn => sqlx::query_as(AssertSqlSafe(sql))
        .bind(partner_id.to_string())
        .bind(profile_id.to_string())
        .fetch_optional(conn).await)?;
    row.map(ProfileRow::read).transpose()
}

/// Up to `limit` of the partner's profiles after `last`, in the order of their ids.
pub async fn page(
    tx: &mut Tx,
    partner_id: PartnerId,
    last: Option<ProfileId>,
    limit: i64,
) -> Result<Vec<Profile>, StoreError> {
    let rows: Vec<ProfileRow> = on!(tx, conn => sqlx::query_as(
        "select profile_id, name, latest_version, created_at from profile
         where partner_id = $1 and profile_id > $2
         order by profile_id
         limit $3",
    ).bind(partner_id.to_string()).bind(after(last)).bind(limit).fetch_all(conn).await)?;
    rows.into_iter().map(ProfileRow::read).collect()
}

#[derive(sqlx::FromRow)]
struct LatestRow {
    profile_id: String,
    name: String,
    latest_version: i64,
    created_at: i64,
    terms: String,
    made_at: i64,
}

impl LatestRow {
    fn read(self) -> Result<(Profile, DatedVersion), StoreError> {
        let Self { profile_id, name, latest_version, created_at, terms, made_at } = self;
        let version = VersionRow {
            profile_id: profile_id.clone(),
            version: latest_version,
            terms,
            created_at: made_at,
        };
        let (_, dated) = version.read()?;
        Ok((ProfileRow { profile_id, name, latest_version, created_at }.read()?, dated))
    }
}

/// A page of the partner's profiles with their latest versions, in the order of their ids.
pub async fn list(
    tx: &mut Tx,
    partner_id: PartnerId,
    page: &PageRequest,
) -> Result<Page<(Profile, DatedVersion)>, StoreError> {
    let list = List::of(
        "select profile.profile_id, profile.name, profile.latest_version, profile.created_at,
           latest.terms, latest.created_at as made_at
         from profile
         join profile_version latest on latest.partner_id = profile.partner_id
           and latest.profile_id = profile.profile_id
           and latest.version = profile.latest_version",
    )
    .only("profile.partner_id = $?", [partner_id.to_string().into()]);
    let id = "profile.profile_id";
    list.page(tx, (id, id), page).await?.try_map(LatestRow::read)
}

/// A page of a profile's versions, in the order of their numbers.
pub async fn versions(
    tx: &mut Tx,
    partner_id: PartnerId,
    (profile_id, page): (ProfileId, &PageRequest),
) -> Result<Page<DatedVersion>, StoreError> {
    let owner = [partner_id.to_string().into(), profile_id.to_string().into()];
    let list = List::of("select profile_id, version, terms, created_at from profile_version")
        .only("partner_id = $? and profile_id = $?", owner);
    let page = list.page(tx, ("version", "profile_id"), page).await?;
    page.try_map(|row: VersionRow| row.read().map(|(_, dated)| dated))
}

#[derive(sqlx::FromRow)]
struct VersionRow {
    profile_id: String,
    version: i64,
    terms: String,
    created_at: i64,
}

impl VersionRow {
    fn read(self) -> Result<(ProfileId, DatedVersion), StoreError> {
        let terms: ProfileTerms = serde_json::from_str(&self.terms)
            .map_err(|_| StoreError::corrupt("profile_version.terms", &self.terms))?;
        let created_at = Timestamp::from_micros(self.created_at);
        let dated = DatedVersion { version: self.version, created_at, terms };
        Ok((id("profile_version.profile_id", &self.profile_id)?, dated))
    }
}

/// One version of a profile.
pub async fn version(
    tx: &mut Tx,
    partner_id: PartnerId,
    (profile_id, version): (ProfileId, i64),
) -> Result<Option<DatedVersion>, StoreError> {
    let row: Option<VersionRow> = on!(tx, conn => sqlx::query_as(
        "select profile_id, version, terms, created_at from profile_version
         where partner_id = $1 and profile_id = $2 and version = $3",
    )
    .bind(partner_id.to_string())
    .bind(profile_id.to_string())
    .bind(version)
    .fetch_optional(conn).await)?;
    Ok(row.map(VersionRow::read).transpose()?.map(|(_, dated)| dated))
}

/// The latest version of a profile.
pub async fn latest(
    tx: &mut Tx,
    partner_id: PartnerId,
    profile_id: ProfileId,
) -> Result<Option<ProfileVersion>, StoreError> {
    let row: Option<VersionRow> = on!(tx, conn => sqlx::query_as(
        "select profile_id, version, terms, created_at from profile_version
         where partner_id = $1 and profile_id = $2
         order by version desc
         limit 1",
    ).bind(partner_id.to_string()).bind(profile_id.to_string()).fetch_optional(conn).await)?;
    let found = row.map(VersionRow::read).transpose()?;
    Ok(found.map(|(profile_id, dated)| ProfileVersion {
        profile_id,
        version: dated.version,
        terms: dated.terms,
    }))
}

/// All versions of these profiles, by profile, oldest first.
pub async fn versions_of(
    tx: &mut Tx,
    partner_id: PartnerId,
    profiles: &[ProfileId],
) -> Result<Vec<(ProfileId, DatedVersion)>, StoreError> {
    let rows: Vec<VersionRow> = on!(tx, conn => sqlx::query_as(
        "select profile_id, version, terms, created_at from profile_version
         where partner_id = $1 and profile_id in (select value from json_each($2))
         order by profile_id, version",
    ).bind(partner_id.to_string()).bind(json_list(profiles)).fetch_all(conn).await)?;
    rows.into_iter().map(VersionRow::read).collect()
}

/// How many profiles that are not deleted convert to this one when their trial ends.
pub async fn count_converting_to(
    tx: &mut Tx,
    partner_id: PartnerId,
    profile_id: ProfileId,
) -> Result<i64, StoreError> {
    let (count,): (i64,) = on!(tx, conn => sqlx::query_as(
        "select count(*) from profile
         join profile_version on profile_version.partner_id = profile.partner_id
           and profile_version.profile_id = profile.profile_id
           and profile_version.version = profile.latest_version
         where profile.partner_id = $1 and profile.profile_id <> $2
           and profile_version.terms like $3",
    )
    .bind(partner_id.to_string())
    .bind(profile_id.to_string())
    .bind(format!("%\"convert_to\":\"{profile_id}\"%"))
    .fetch_one(conn).await)?;
    Ok(count)
}

/// Deletes a profile that nobody uses, with its versions. Calls and invoices keep what they say.
pub async fn delete(
    tx: &mut Tx,
    partner_id: PartnerId,
    profile_id: ProfileId,
) -> Result<(), StoreError> {
    let deleted = on!(tx, conn => sqlx::query(
        "delete from profile where partner_id = $1 and profile_id = $2",
    )
    .bind(partner_id.to_string())
    .bind(profile_id.to_string())
    .execute(conn).await.map(|done| done.rows_affected()))?;
    guarded(deleted, "the profile")?;
    on!(tx, conn => sqlx::query(
        "delete from profile_version where partner_id = $1 and profile_id = $2",
    ).bind(partner_id.to_string()).bind(profile_id.to_string()).execute(conn).await.map(drop))?;
    crate::dunning::forget_choices(tx, partner_id, profile_id).await
}
