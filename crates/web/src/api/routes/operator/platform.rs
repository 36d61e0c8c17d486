//! The operator itself, its sources and jobs.

use app::{
    operations::{JobFilter, JobState},
    resource,
    setup::NewOperator,
};
use axum::{Json, response::Response};
use domain::ids::PartnerId;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{READ, WRITE};
use crate::api::{
    Api,
    body::Body,
    caller::Caller,
    paging::{List, list_query},
    problem::Problem,
    query::Query,
    write::Outcome,
};

pub(in crate::api) fn routes() -> OpenApiRouter<Api> {
    OpenApiRouter::new()
        .routes(routes!(create))
        .routes(routes!(sources, create_source))
        .routes(routes!(jobs))
}

/// Who runs the platform.
#[derive(Debug, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Operator {
    /// Its name.
    #[schema(example = "Example Telecom")]
    name: String,
    /// The two-letter country whose numbering area is home.
    #[schema(example = "US")]
    home_country: String,
    /// What partners are charged in.
    #[schema(example = "USD")]
    currency: String,
}

/// A source of call records to be.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewCdrSource {
    /// Its name, unique per owner.
    #[schema(example = "pbx-1", min_length = 1, max_length = 100)]
    name: String,
    /// The only partner it serves; left out where it is the operator's and serves all.
    #[schema(value_type = Option<String>)]
    partner_id: Option<PartnerId>,
}

list_query! { SourceQuery {} }

list_query! {
    JobQuery {
        /// Only for this partner.
        #[param(value_type = Option<String>)]
        partner_id: Option<PartnerId>,
        /// `ready`, `done` or `failed`.
        state: Option<String>,
        /// Only of this kind.
        kind: Option<String>,
    }
}

/// Create the operator
///
/// Once, before everything else.
#[utoipa::path(post, path = "/v1/operator", tag = "Operator", operation_id = "create_operator",
    request_body = Operator, security(("key" = ["operator:write"])),
    responses((status = 201, body = Operator, description = "The operator")))]
async fn create(caller: Caller, Body(input): Body<Operator>) -> Result<Response, Problem> {
    caller.operator(WRITE)?;
    let Operator { name, home_country, currency } = input;
    let new = NewOperator { name, home_country, currency };
    caller
        .write(async move |app| {
            let operator = app.create_operator(&new).await?;
            let shown = Operator {
                name: operator.name,
                home_country: operator.home_country,
                currency: operator.currency.code().to_owned(),
            };
            let outcome = Outcome::created("/v1/operator".to_owned(), &shown)?;
            outcome.audited("operator.create", "operator", None::<&()>)
        })
        .await
}

/// List sources of call records
///
/// One per switch, all on one page.
#[utoipa::path(get, path = "/v1/operator/sources", tag = "Operator", operation_id = "list_sources",
    params(SourceQuery), security(("key" = ["operator:read"])),
    responses((status = 200, body = List<resource::CdrSource>, description = "All sources")))]
async fn sources(
    caller: Caller,
    Query(query): Query<SourceQuery>,
) -> Result<Json<List<resource::CdrSource>>, Problem> {
    caller.operator(READ)?;
    let request = query.paging().newest_first()?;
    let page = caller.api.app().all_sources(&request).await;
    let page = page.map_err(|error| caller.problem(error))?;
    let place = |source: &domain::account::Source| source.source_id.to_string();
    Ok(Json(List::by_id((page, &request), place, Into::into)))
}

/// Create a source of call records
///
/// A source that is there already is answered as it is.
#[utoipa::path(post, path = "/v1/operator/sources", tag = "Operator",
    operation_id = "create_source",
    request_body = NewCdrSource, security(("key" = ["operator:write"])),
    responses((status = 201, body = resource::CdrSource, description = "The source")))]
async fn create_source(caller: Caller, Body(new): Body<NewCdrSource>) -> Result<Response, Problem> {
    caller.operator(WRITE)?;
    caller
        .write(async move |app| {
            if let Some(partner_id) = new.partner_id {
                app.partner(partner_id).await?;
            }
            let source = app.source(&new.name, new.partner_id).await?;
            let source = resource::CdrSource::from(source);
            let location = "/v1/operator/sources".to_owned();
            Outcome::created(location, &source)?.audited("source.create", source.id, None::<&()>)
        })
        .await
}

/// List jobs
///
/// Background work, newest first: what waits, what was done, what failed and why.
#[utoipa::path(get, path = "/v1/operator/jobs", tag = "Operator", operation_id = "list_jobs",
    params(JobQuery), security(("key" = ["operator:read"])),
    responses((status = 200, body = List<resource::Job>, description = "A page of jobs")))]
async fn jobs(
    caller: Caller,
    Query(query): Query<JobQuery>,
) -> Result<Json<List<resource::Job>>, Problem> {
    caller.operator(READ)?;
    let request = query.paging().newest_first()?;
    if query.state.as_deref().is_some_and(|it| !["ready", "done", "failed"].contains(&it)) {
        return Err(Problem::parameter("state", "must be ready, done or failed"));
    }
    let filter = JobFilter { partner_id: query.partner_id, state: query.state, kind: query.kind };
    let page = caller.api.app().jobs(filter, &request).await;
    let page = page.map_err(|error| caller.problem(error))?;
    let place = |job: &JobState| job.job_id.to_string();
    Ok(Json(List::by_id((page, &request), place, Into::into)))
}
