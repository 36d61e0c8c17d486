//! Disputes on the operator's own account, and what becomes of fees on refunds.

use app::{
    disputes::{DisputeFilter, ListedDispute, NewEvidence},
    refunds::FeePolicy,
    resource,
};
use axum::{Json, response::Response};
use domain::{
    dispute::DisputeState,
    ids::{DisputeId, PartnerId},
    processor::AccountContext,
};
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
    query::{At, Query},
    routes::disputes::state,
    write::Outcome,
};

pub(in crate::api) fn routes() -> OpenApiRouter<Api> {
    OpenApiRouter::new()
        .routes(routes!(list))
        .routes(routes!(get))
        .routes(routes!(give_evidence))
        .routes(routes!(close))
        .routes(routes!(policy, set_policy))
}

list_query! {
    DisputeQuery {
        /// Only of this partner.
        #[param(value_type = Option<String>)]
        partner_id: Option<PartnerId>,
        /// `open`, `won` or `lost`.
        status: Option<String>,
    }
}

fn shown((partner_id, dispute, currency): ListedDispute) -> resource::OperatorDispute {
    resource::OperatorDispute {
        partner_id,
        evidence: dispute.evidence.clone(),
        reference: dispute.reference.clone(),
        dispute: resource::Dispute::of(&dispute, currency),
    }
}

/// List disputes to answer
///
/// Those on the operator's own account, newest first.
#[utoipa::path(get, path = "/v1/operator/disputes", tag = "Operator",
    operation_id = "list_operator_disputes", params(DisputeQuery),
    security(("key" = ["operator:read"])),
    responses((status = 200, body = List<resource::OperatorDispute>,
        description = "A page of disputes")))]
async fn list(
    caller: Caller,
    Query(query): Query<DisputeQuery>,
) -> Result<Json<List<resource::OperatorDispute>>, Problem> {
    caller.operator(READ)?;
    let request = query.paging().newest_first()?;
    let filter = DisputeFilter {
        partner_id: query.partner_id,
        state: state(query.status.as_deref())?,
        context: Some(AccountContext::Platform),
        ..DisputeFilter::default()
    };
    let page = caller.api.app().dispute_page(filter, &request).await;
    let page = page.map_err(|error| caller.problem(error))?;
    let place = |(_, dispute, _): &ListedDispute| dispute.dispute_id.to_string();
    Ok(Json(List::by_id((page, &request), place, shown)))
}

/// Get a dispute to answer
#[utoipa::path(get, path = "/v1/operator/disputes/{id}", tag = "Operator",
    operation_id = "get_operator_dispute",
    params(("id" = String, Path, description = "The dispute's id")),
    security(("key" = ["operator:read"])),
    responses((status = 200, body = resource::OperatorDispute, description = "The dispute")))]
async fn get(
    caller: Caller,
    At(dispute_id): At<DisputeId>,
) -> Result<Json<resource::OperatorDispute>, Problem> {
    caller.operator(READ)?;
    let found = caller.api.app().find_dispute(None, dispute_id).await;
    Ok(Json(shown(found.map_err(|error| caller.problem(error))?)))
}

/// Evidence to be given.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct EvidenceInput {
    /// What shows that the payment was right.
    #[schema(example = "The tenant made 412 calls in May; invoice and calls were sent to it.")]
    text: String,
    /// Whether this is all: it is submitted, and cannot be changed any more. Not so where this is
    /// left out.
    submit: Option<bool>,
}

/// Give evidence
///
/// Records evidence against a dispute on the operator's own account and gives it to the payment
/// processor; with `submit` that is final.
#[utoipa::path(post, path = "/v1/operator/disputes/{id}/evidence", tag = "Operator",
    operation_id = "give_evidence",
    params(("id" = String, Path, description = "The dispute's id")),
    request_body = EvidenceInput, security(("key" = ["operator:write"])),
    responses((status = 200, body = resource::OperatorDispute,
        description = "The dispute as it is now")))]
async fn give_evidence(
    caller: Caller,
    At(dispute_id): At<DisputeId>,
    Body(input): Body<EvidenceInput>,
) -> Result<Json<resource::OperatorDispute>, Problem> {
    caller.operator(WRITE)?;
    let given = NewEvidence { text: input.text, is_final: input.submit.unwrap_or(false) };
    let found = caller
        .aside(async move |app, asking| {
            app.give_evidence(asking, dispute_id, &given).await?;
            app.find_dispute(None, dispute_id).await
        })
        .await?;
    Ok(Json(shown(found)))
}

/// How a dispute ended.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct OutcomeInput {
    /// `won` or `lost`.
    #[schema(example = "won")]
    outcome: String,
}

/// Record a dispute's outcome
///
/// For what the payment processor told by other ways. A lost dispute is booked as money that will
/// not come.
#[utoipa::path(post, path = "/v1/operator/disputes/{id}/outcome", tag = "Operator",
    operation_id = "record_dispute_outcome",
    params(("id" = String, Path, description = "The dispute's id")),
    request_body = OutcomeInput, security(("key" = ["operator:write"])),
    responses((status = 200, body = resource::OperatorDispute,
        description = "The dispute as it is now")))]
async fn close(
    caller: Caller,
    At(dispute_id): At<DisputeId>,
    Body(input): Body<OutcomeInput>,
) -> Result<Response, Problem> {
    caller.operator(WRITE)?;
    let outcome = match input.outcome.as_str() {
        "won" => DisputeState::Won,
        "lost" => DisputeState::Lost,
        _ => {
            let message = "must be won or lost";
            return Err(Problem::pointed("/outcome".to_owned(), "invalid", message));
        }
    };
    caller
        .write(async move |app| {
            let before = shown(app.find_dispute(None, dispute_id).await?);
            app.close_dispute(dispute_id, outcome).await?;
            let after = shown(app.find_dispute(None, dispute_id).await?);
            let done =
                Outcome::ok(&after)?.audited("dispute.outcome", dispute_id, Some(&before))?;
            Ok(done.about(after.dispute.tenant_id))
        })
        .await
}

/// What becomes of the platform's fee when a partner's charge is refunded.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct RefundPolicy {
    /// `kept`, or `returned` in proportion to the refund.
    #[schema(example = "kept")]
    application_fee: String,
}

/// Get a partner's refund policy
#[utoipa::path(get, path = "/v1/operator/partners/{id}/refund-policy", tag = "Operator",
    operation_id = "get_refund_policy",
    params(("id" = String, Path, description = "The partner's id")),
    security(("key" = ["operator:read"])),
    responses((status = 200, body = RefundPolicy, description = "The policy")))]
async fn policy(
    caller: Caller,
    At(partner_id): At<PartnerId>,
) -> Result<Json<RefundPolicy>, Problem> {
    caller.operator(READ)?;
    let app = caller.api.app();
    app.partner(partner_id).await.map_err(|error| caller.problem(error))?;
    let policy = app.fee_policy(partner_id).await.map_err(|error| caller.problem(error))?;
    Ok(Json(RefundPolicy { application_fee: policy.as_str().to_owned() }))
}

/// Set a partner's refund policy
///
/// For refunds that are asked for from now on. Only charges on a connected account have a fee.
#[utoipa::path(put, path = "/v1/operator/partners/{id}/refund-policy", tag = "Operator",
    operation_id = "set_refund_policy",
    params(("id" = String, Path, description = "The partner's id")),
    request_body = RefundPolicy, security(("key" = ["operator:write"])),
    responses((status = 200, body = RefundPolicy, description = "The policy")))]
async fn set_policy(
    caller: Caller,
    At(partner_id): At<PartnerId>,
    Body(input): Body<RefundPolicy>,
) -> Result<Response, Problem> {
    caller.operator(WRITE)?;
    let wanted = FeePolicy::parse(&input.application_fee).ok_or_else(|| {
        let message = "must be kept or returned";
        Problem::pointed("/application_fee".to_owned(), "invalid", message)
    })?;
    caller
        .write(async move |app| {
            app.partner(partner_id).await?;
            let shown =
                |policy: FeePolicy| RefundPolicy { application_fee: policy.as_str().to_owned() };
            let before = shown(app.fee_policy(partner_id).await?);
            app.set_fee_policy(partner_id, wanted).await?;
            let outcome = Outcome::ok(&shown(wanted))?;
            outcome.audited("partner.refund_policy", partner_id, Some(&before))
        })
        .await
}
