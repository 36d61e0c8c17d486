//! The OpenAPI document, and the routes it is made of.
//!
//! Decided here: what every operation has in common is added in one place: the key, the answers
//! that any request may get, the headers, `Idempotency-Key` where something changes, `If-Match`
//! where it is edited; deleting says itself whether it takes one. Each operation says in `security`
//! which scopes it needs; the document is what the tests walk along, so a route that is not in it
//! does not exist. Examples that nobody wrote are put together from those of the schemas
//! ([`examples`]), groups and their order are in [`tags`], what events carry is in [`webhooks`].

mod examples;
mod tags;
mod webhooks;

use serde_json::Value;
use utoipa::{
    OpenApi,
    openapi::{
        self, HttpMethod, Ref, RefOr, Required,
        header::HeaderBuilder,
        path::{Operation, ParameterBuilder, ParameterIn},
        schema::{ObjectBuilder, SchemaType, Type},
        security::{Http, HttpAuthScheme, SecurityScheme},
    },
};
use utoipa_axum::router::OpenApiRouter;

use super::{
    Api,
    problem::{Content, ProblemDetail},
    routes,
};

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Trunkline API",
        version = "1",
        description = include_str!("openapi.md"),
        license(name = "MIT OR Apache-2.0"),
    ),
    components(schemas(Content, ProblemDetail)),
)]
struct Base;

/// What can be missed by whoever asks for what is new by its time.
const LATE_COMMITS: &str = " What commits late may have an earlier instant than what was seen: to \
    follow changes, read `list_events` in the order of `sequence`.";

/// All routes, with their part of the document.
pub(super) fn routes() -> OpenApiRouter<Api> {
    OpenApiRouter::with_openapi(Base::openapi())
        .merge(routes::tenants::routes())
        .merge(routes::keys::routes())
        .merge(routes::users::routes())
        .merge(routes::logs::routes())
        .merge(routes::events::routes())
        .merge(routes::webhooks::routes())
        .merge(routes::charges::routes())
        .merge(routes::addons::routes())
        .merge(routes::credits::routes())
        .merge(routes::decks::routes())
        .merge(routes::profiles::routes())
        .merge(routes::simulations::routes())
        .merge(routes::taxes::routes())
        .merge(routes::operator::routes())
        .merge(routes::partner::routes())
        .merge(routes::calls::routes())
        .merge(routes::cdr_batches::routes())
        .merge(routes::rejects::routes())
        .merge(routes::usage::routes())
        .merge(routes::limits::routes())
        .merge(routes::phone_numbers::routes())
        .merge(routes::extensions::routes())
        .merge(routes::invoices::routes())
        .merge(routes::invoice_changes::routes())
        .merge(routes::payments::routes())
        .merge(routes::checkouts::routes())
        .merge(routes::balances::routes())
        .merge(routes::dunning::routes())
        .merge(routes::payment_methods::routes())
        .merge(routes::processor::routes())
        .merge(routes::settlements::routes())
        .merge(routes::payment_history::routes())
        .merge(routes::refunds::routes())
        .merge(routes::disputes::routes())
        .merge(routes::reports::routes())
        .merge(routes::wallet::routes())
        .merge(routes::subscription::routes())
}

/// The whole document.
pub fn document() -> Value {
    let mut document = routes().into_openapi();
    let components = document.components.get_or_insert_default();
    let bearer = Http::builder().scheme(HttpAuthScheme::Bearer).bearer_format("sk_…").build();
    components.add_security_scheme("key", SecurityScheme::Http(bearer));
    document.servers = Some(vec![openapi::Server::new("/")]);
    for path in document.paths.paths.values_mut() {
        for (method, operation) in [
            (HttpMethod::Get, &mut path.get),
            (HttpMethod::Post, &mut path.post),
            (HttpMethod::Put, &mut path.put),
            (HttpMethod::Patch, &mut path.patch),
            (HttpMethod::Delete, &mut path.delete),
        ] {
            if let Some(operation) = operation {
                complete(&method, operation);
            }
        }
    }
    let mut document = serde_json::to_value(document).expect("a document is JSON");
    examples::complete(&mut document);
    tags::complete(&mut document);
    webhooks::complete(&mut document);
    document
}

/// Operations that a declined payment or an empty wallet refuses.
const MOVES_MONEY: [&str; 4] =
    ["create_top_up", "activate_subscription", "change_plan", "create_extension"];

/// Adds what every operation has.
fn complete(method: &HttpMethod, operation: &mut Operation) {
    let changes = !matches!(method, HttpMethod::Get);
    let stands_in = |operation: &Operation, place: ParameterIn| {
        operation.parameters.iter().flatten().any(
            |parameter| matches!(parameter, RefOr::T(parameter) if parameter.parameter_in == place),
        )
    };
    let has_path = stands_in(operation, ParameterIn::Path);
    let has_query = stands_in(operation, ParameterIn::Query);
    let mut problems = vec![401, 403, 429, 500, 503];
    if has_path {
        problems.push(404);
    }
    if changes || has_query || has_path {
        problems.push(422);
    }
    if changes {
        problems.extend([400, 409, 413, 415]);
        add_header_parameter(
            operation,
            ("Idempotency-Key", "The same key with the same content has one effect and one answer"),
        );
    }
    let names_version =
        operation.parameters.iter().flatten().any(
            |parameter| matches!(parameter, RefOr::T(parameter) if parameter.name == "If-Match"),
        );
    if names_version || matches!(method, HttpMethod::Patch) {
        problems.push(412);
    }
    if matches!(method, HttpMethod::Patch) {
        add_header_parameter(operation, ("If-Match", "The ETag of the version that is changed"));
    }
    warn_of_late_commits(operation);
    let id = operation.operation_id.as_deref().unwrap_or_default();
    if MOVES_MONEY.contains(&id) {
        problems.push(402);
    }
    for status in problems {
        let name = examples::problem_name(status).expect("the status is one of the shared ones");
        let responses = &mut operation.responses.responses;
        let shared = || RefOr::Ref(Ref::from_response_name(name));
        responses.entry(status.to_string()).or_insert_with(shared);
    }
    for response in operation.responses.responses.values_mut() {
        if let RefOr::T(response) = response {
            let text = ObjectBuilder::new().schema_type(SchemaType::Type(Type::String)).build();
            let header = HeaderBuilder::new()
                .schema(Some(text))
                .description(Some("The request's id, for logs and support"))
                .build();
            response.headers.insert("X-Request-Id".to_owned(), header.into());
        }
    }
}

/// Says of `created[gte]` that it is no way to follow a list, where events are not what is listed.
fn warn_of_late_commits(operation: &mut Operation) {
    if operation.operation_id.as_deref() == Some("list_events") {
        return;
    }
    for parameter in operation.parameters.iter_mut().flatten() {
        if let RefOr::T(parameter) = parameter
            && parameter.name == "created[gte]"
        {
            let said = parameter.description.get_or_insert_default();
            said.push_str(LATE_COMMITS);
        }
    }
}

fn add_header_parameter(operation: &mut Operation, (name, description): (&str, &str)) {
    let parameter = ParameterBuilder::new()
        .name(name)
        .parameter_in(ParameterIn::Header)
        .required(Required::False)
        .description(Some(description))
        .schema(Some(
            ObjectBuilder::new()
                .schema_type(SchemaType::Type(Type::String))
                .min_length(Some(1))
                .max_length(Some(255))
                .build(),
        ))
        .build();
    operation.parameters.get_or_insert_default().push(RefOr::T(parameter));
}
