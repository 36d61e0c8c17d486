//! Dunning: policies, tenants that are late, their timelines and promises.

use app::{
    dunning::{ChosenPolicy, LateFilter, LateTenant},
    resource,
};
use axum::{Json, response::Response};
use domain::{
    api_key::{Category, Scope},
    dunning::{PolicyEdit, SuspensionMode},
    ids::{PartnerId, ProfileId, TenantId},
    paging::{Key, Order},
    time::Day,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::usage::reached;
use crate::api::{
    Api,
    body::Body,
    caller::Caller,
    paging::{KeyKind, List, Sort, list_query},
    problem::Problem,
    query::{At, Parsed, Query},
    write::{Outcome, shown},
};

const READ: Scope = Scope::read(Category::Billing);
const WRITE: Scope = Scope::write(Category::Billing);
/// The longest overdue first.
const BY_LATENESS: Sort = Sort { name: "overdue_since", kind: KeyKind::Int };

pub(in crate::api) fn routes() -> OpenApiRouter<Api> {
    OpenApiRouter::new()
        .routes(routes!(get_policy, edit_policy))
        .routes(routes!(get_profile_policy, edit_profile_policy))
        .routes(routes!(late))
        .routes(routes!(timeline))
        .routes(routes!(mails))
        .routes(routes!(promise, clear_promise))
}

/// What changes of a dunning policy. What is left out stays; null takes the choice back: the
/// partner's value holds for a profile, the platform's for the partner.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct DunningPolicyChanges {
    /// Days after the due date at which a tenant is flagged, 0 to 365.
    #[serde(default, deserialize_with = "crate::api::body::given")]
    #[schema(value_type = Option<u16>, example = 7)]
    flag_after_days: Option<Option<u16>>,
    /// `automatic`, or `manual`: never suspended by itself.
    #[serde(default, deserialize_with = "crate::api::body::given")]
    #[schema(value_type = Option<String>, example = "automatic")]
    suspension: Option<Option<SuspensionMode>>,
    /// Days after the due date at which it is suspended, not before the flag. For a profile that
    /// does not choose `suspension`, days alone mean `automatic`.
    #[serde(default, deserialize_with = "crate::api::body::given")]
    #[schema(value_type = Option<u16>, example = 30)]
    suspend_after_days: Option<Option<u16>>,
    /// Days after the due date at which the tenant is reminded, at most 10.
    #[serde(default, deserialize_with = "crate::api::body::given")]
    #[schema(value_type = Option<Vec<u16>>, example = json!([1, 5, 10]))]
    reminder_days: Option<Option<Vec<u16>>>,
    /// Days after issue at which a failed automatic payment is tried again, at most 10.
    #[serde(default, deserialize_with = "crate::api::body::given")]
    #[schema(value_type = Option<Vec<u16>>, example = json!([3, 7]))]
    retry_days: Option<Option<Vec<u16>>>,
    /// Whether tenants are reminded by mail.
    #[serde(default, deserialize_with = "crate::api::body::given")]
    #[schema(value_type = Option<bool>, example = false)]
    remind_tenant: Option<Option<bool>>,
    /// Whether a tenant is mailed when it is suspended.
    #[serde(default, deserialize_with = "crate::api::body::given")]
    #[schema(value_type = Option<bool>, example = false)]
    tell_tenant_of_suspension: Option<Option<bool>>,
    /// Days that a tenant runs on after somebody ended its suspension by hand.
    #[serde(default, deserialize_with = "crate::api::body::given")]
    #[schema(value_type = Option<u16>, example = 7)]
    grace_days: Option<Option<u16>>,
}

impl From<DunningPolicyChanges> for PolicyEdit {
    fn from(changes: DunningPolicyChanges) -> Self {
        let set = |days: Option<Option<Vec<u16>>>| {
            days.map(|days| days.map(|days| days.into_iter().collect()))
        };
        Self {
            flag_after_days: changes.flag_after_days,
            suspension: changes.suspension,
            suspend_after_days: changes.suspend_after_days,
            reminder_days: set(changes.reminder_days),
            retry_days: set(changes.retry_days),
            remind_tenant: changes.remind_tenant,
            tell_tenant_of_suspension: changes.tell_tenant_of_suspension,
            grace_days: changes.grace_days,
        }
    }
}

fn of_partner(chosen: &ChosenPolicy) -> resource::DunningPolicy {
    (&chosen.policy).into()
}

fn of_profile(profile_id: ProfileId, chosen: &ChosenPolicy) -> resource::ProfileDunningPolicy {
    resource::ProfileDunningPolicy::of(profile_id, (&chosen.own, &chosen.policy))
}

/// Get the dunning policy
///
/// What is done about unpaid invoices of tenants whose billing profile says nothing else.
#[utoipa::path(get, path = "/v1/dunning-policy", tag = "Dunning",
    operation_id = "get_dunning_policy", security(("key" = ["billing:read"])),
    responses((status = 200, body = resource::DunningPolicy, description = "The policy")))]
async fn get_policy(caller: Caller) -> Result<Response, Problem> {
    let partner_id = caller.partner(READ)?.whole_partner()?;
    let chosen = caller.api.app().dunning_policy(partner_id, None).await;
    let chosen = chosen.map_err(|error| caller.problem(error))?;
    Ok(shown(&of_partner(&chosen), chosen.version))
}

/// Edit the dunning policy
///
/// Acts at once on every tenant that owes something. What was done stays done.
#[utoipa::path(patch, path = "/v1/dunning-policy", tag = "Dunning",
    operation_id = "edit_dunning_policy", request_body = DunningPolicyChanges,
    security(("key" = ["billing:write"])),
    responses(
        (status = 200, body = resource::DunningPolicy, description = "The policy as it is now"),
        (status = 412, body = crate::api::problem::Content,
            content_type = "application/problem+json",
            description = "If-Match names another version than the current one")))]
async fn edit_policy(
    caller: Caller,
    Body(changes): Body<DunningPolicyChanges>,
) -> Result<Response, Problem> {
    let partner_id = caller.partner(WRITE)?.whole_partner()?;
    let edit = PolicyEdit::from(changes);
    edited(caller, (partner_id, None), edit, ("dunning_policy.edit", of_partner)).await
}

/// Get the dunning policy of a billing profile
#[utoipa::path(get, path = "/v1/billing-profiles/{id}/dunning-policy", tag = "Dunning",
    operation_id = "get_billing_profile_dunning_policy",
    params(("id" = String, Path, description = "The profile's id")),
    security(("key" = ["billing:read"])),
    responses((status = 200, body = resource::ProfileDunningPolicy,
        description = "What it chooses, and what is in force")))]
async fn get_profile_policy(
    caller: Caller,
    At(profile_id): At<ProfileId>,
) -> Result<Response, Problem> {
    let reach = caller.partner(READ)?;
    let chosen = caller.api.app().dunning_policy(reach.partner_id, Some(profile_id)).await;
    let chosen = chosen.map_err(|error| caller.problem(error))?;
    reach.whole_partner()?;
    Ok(shown(&of_profile(profile_id, &chosen), chosen.version))
}

/// Edit the dunning policy of a billing profile
///
/// What the profile chooses wins over the partner's policy. Acts at once on its tenants.
#[utoipa::path(patch, path = "/v1/billing-profiles/{id}/dunning-policy", tag = "Dunning",
    operation_id = "edit_billing_profile_dunning_policy",
    params(("id" = String, Path, description = "The profile's id")),
    request_body = DunningPolicyChanges, security(("key" = ["billing:write"])),
    responses((status = 200, body = resource::ProfileDunningPolicy,
        description = "What it chooses now, and what is in force")))]
async fn edit_profile_policy(
    caller: Caller,
    At(profile_id): At<ProfileId>,
    Body(changes): Body<DunningPolicyChanges>,
) -> Result<Response, Problem> {
    let reach = caller.partner(WRITE)?;
    let known = caller.api.app().dunning_policy(reach.partner_id, Some(profile_id)).await;
    known.map_err(|error| caller.problem(error))?;
    let owner = (reach.whole_partner()?, Some(profile_id));
    let show = move |chosen: &ChosenPolicy| of_profile(profile_id, chosen);
    edited(caller, owner, changes.into(), ("billing_profile.edit_dunning_policy", show)).await
}

async fn edited<T: Serialize>(
    caller: Caller,
    (partner_id, profile_id): (PartnerId, Option<ProfileId>),
    edit: PolicyEdit,
    (action, show): (&'static str, impl Fn(&ChosenPolicy) -> T + Send + 'static),
) -> Result<Response, Problem> {
    let asker = caller.clone();
    caller
        .write(async move |app| {
            let before = app.dunning_policy(partner_id, profile_id).await?;
            let seen = asker.seen(before.version);
            let after = app.edit_dunning_policy((partner_id, profile_id), seen, &edit).await?;
            let outcome = Outcome::ok(&show(&after))?.version(after.version);
            let object_id = match profile_id {
                Some(profile_id) => profile_id.to_string(),
                None => partner_id.to_string(),
            };
            outcome.audited(action, object_id, Some(&show(&before)))
        })
        .await
}

list_query! {
    OverdueQuery {
        /// Only those that are flagged and suspended by nobody but people.
        #[param(value_type = Option<bool>)]
        review: Option<Parsed<bool>>,
    }
}

/// List overdue tenants
///
/// Those with an invoice past its due date, the longest overdue first: the list to review where
/// nobody is suspended automatically.
#[utoipa::path(get, path = "/v1/overdue-tenants", tag = "Dunning",
    operation_id = "list_overdue_tenants", params(OverdueQuery),
    security(("key" = ["billing:read"])),
    responses((status = 200, body = List<resource::OverdueTenant>,
        description = "A page of overdue tenants")))]
async fn late(
    caller: Caller,
    Query(query): Query<OverdueQuery>,
) -> Result<Json<List<resource::OverdueTenant>>, Problem> {
    let reach = caller.partner(READ)?;
    let request = query.paging().request(BY_LATENESS, Order::Ascending)?;
    let review_only = query.review.is_some_and(|Parsed(review)| review);
    let filter = LateFilter { tenants: reach.tenants, review_only };
    let page = caller.api.app().late_tenants(reach.partner_id, filter, &request).await;
    let page = page.map_err(|error| caller.problem(error))?;
    let place =
        |row: &LateTenant| (Some(Key::Int(row.since.number())), row.shown.tenant_id.to_string());
    Ok(Json(List::of((page, &request), BY_LATENESS, place, |row| row.shown)))
}

/// Get a tenant's dunning timeline
///
/// What was done about what it owes, what happens on which day, and who is told.
#[utoipa::path(get, path = "/v1/tenants/{id}/dunning", tag = "Dunning",
    operation_id = "get_tenant_dunning",
    params(("id" = String, Path, description = "The tenant's id")),
    security(("key" = ["billing:read"])),
    responses((status = 200, body = resource::DunningTimeline, description = "Its timeline")))]
async fn timeline(
    caller: Caller,
    At(tenant_id): At<TenantId>,
) -> Result<Json<resource::DunningTimeline>, Problem> {
    let reach = reached(&caller, READ, tenant_id).await?;
    let timeline = caller.api.app().dunning_timeline(reach.partner_id, tenant_id).await;
    Ok(Json(timeline.map_err(|error| caller.problem(error))?))
}

/// The mails of dunning about a tenant.
#[derive(Debug, Clone, Serialize, ToSchema)]
struct DunningMails {
    /// Each as it would be sent now.
    data: Vec<resource::DunningMail>,
}

/// Preview a tenant's dunning mails
///
/// Each mail as it would be sent now, and whether the policy has it sent. Refused while the tenant
/// owes nothing.
#[utoipa::path(get, path = "/v1/tenants/{id}/dunning/mails", tag = "Dunning",
    operation_id = "preview_dunning_mails",
    params(("id" = String, Path, description = "The tenant's id")),
    security(("key" = ["billing:read"])),
    responses(
        (status = 200, body = DunningMails, description = "The mails"),
        (status = 409, body = crate::api::problem::Content,
            content_type = "application/problem+json",
            description = "The tenant owes nothing")))]
async fn mails(caller: Caller, At(tenant_id): At<TenantId>) -> Result<Json<DunningMails>, Problem> {
    let reach = reached(&caller, READ, tenant_id).await?;
    let data = caller.api.app().dunning_mails(reach.partner_id, tenant_id).await;
    Ok(Json(DunningMails { data: data.map_err(|error| caller.problem(error))? }))
}

/// A day until which a tenant says it pays.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct PromiseInput {
    /// The last day to keep it: one of the 90 days after today.
    #[schema(value_type = String, format = Date, example = "2026-07-31")]
    until: Day,
    /// For people.
    #[schema(example = "Called, waits for a transfer")]
    note: Option<String>,
}

/// Note a promise to pay
///
/// Every step to come moves by the days from now until the promised one. A promise that runs is
/// replaced, and counts from the day of the first. It concerns what was issued by then.
#[utoipa::path(put, path = "/v1/tenants/{id}/dunning/promise", tag = "Dunning",
    operation_id = "set_promise_to_pay",
    params(("id" = String, Path, description = "The tenant's id")),
    request_body = PromiseInput, security(("key" = ["billing:write"])),
    responses((status = 200, body = resource::DunningTimeline,
        description = "The tenant's timeline as it is now")))]
async fn promise(
    caller: Caller,
    At(tenant_id): At<TenantId>,
    Body(input): Body<PromiseInput>,
) -> Result<Response, Problem> {
    let partner_id = reached(&caller, WRITE, tenant_id).await?.partner_id;
    let owner = (partner_id, tenant_id);
    let note = input.note.unwrap_or_default();
    caller
        .write(async move |app| {
            let before = app.dunning_timeline(partner_id, tenant_id).await?.promise;
            let timeline = app.promise_to_pay(owner, (input.until, &note)).await?;
            let outcome = Outcome::ok(&timeline)?;
            Ok(outcome.audited("tenant.promise", tenant_id, Some(&before))?.about(tenant_id))
        })
        .await
}

/// Clear a promise to pay
///
/// Every step lies where it lay without it; what was due meanwhile is done within minutes.
#[utoipa::path(delete, path = "/v1/tenants/{id}/dunning/promise", tag = "Dunning",
    operation_id = "clear_promise_to_pay",
    params(("id" = String, Path, description = "The tenant's id")),
    security(("key" = ["billing:write"])),
    responses((status = 200, body = resource::DunningTimeline,
        description = "The tenant's timeline as it is now")))]
async fn clear_promise(caller: Caller, At(tenant_id): At<TenantId>) -> Result<Response, Problem> {
    let partner_id = reached(&caller, WRITE, tenant_id).await?.partner_id;
    caller
        .write(async move |app| {
            let before = app.dunning_timeline(partner_id, tenant_id).await?.promise;
            let timeline = app.clear_promise(partner_id, tenant_id).await?;
            let outcome = Outcome::ok(&timeline)?;
            let action = "tenant.clear_promise";
            Ok(outcome.audited(action, tenant_id, Some(&before))?.about(tenant_id))
        })
        .await
}
