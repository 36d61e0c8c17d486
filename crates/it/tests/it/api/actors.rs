//! Every route, asked by everybody who may not.

use domain::api_key::{Category, Scope};
use rstest::rstest;

use super::document::report;
use crate::harness::{
    Engine,
    http::Answer,
    operations::{Operation, Tour, is_id, operations},
};

/// What the server writes down behind answers, whatever they are.
const BEHIND_ANSWERS: [&str; 2] = ["api_request", "api_key"];

/// Operations that answer a restricted key for each record and refuse no request, and why.
const ANSWERS_EACH: [(&str, &str); 1] = [(
    "create_cdr_batch",
    "a switch sends the calls of all tenants: foreign ones become rejects and do not stop the rest",
)];

fn answers_each(operation: &Operation) -> bool {
    ANSWERS_EACH.iter().any(|(id, _)| *id == operation.id)
}

/// Looks over answers, and keeps what is wrong with them.
#[derive(Default)]
struct Judge {
    findings: Vec<String>,
    asked: usize,
}

impl Judge {
    fn expect(&mut self, (actor, operation): (&str, &Operation), answer: &Answer, allowed: &[u16]) {
        self.asked += 1;
        let status = answer.status.as_u16();
        if !allowed.contains(&status) || !operation.documents(status) {
            let body = String::from_utf8_lossy(&answer.body);
            let body: String = body.chars().take(300).collect();
            let finding = format!("{actor}: {} gets {status}: {body}", operation.id);
            self.findings.push(finding);
        }
    }
}

/// Keys that may not do everything.
struct Keys {
    foreign: String,
    restricted: String,
    reading: String,
}

impl Keys {
    async fn of(tour: &Tour) -> Self {
        let api = &tour.api;
        let own = Some(api.partner.partner_id);
        let other = api.world.app.partner_named("elm-voice").await.unwrap();
        let tenants = [tour.other_tenant];
        let reads = Scope::all_of(own).into_iter().map(|scope| scope.to_string());
        let reads: Vec<String> = reads.filter(|scope| scope.ends_with(":read")).collect();
        let reads: Vec<&str> = reads.iter().map(String::as_str).collect();
        Self {
            foreign: api.key_of(Some(other.partner_id), &[], None).await,
            restricted: api.key_of(own, &[], Some(&tenants)).await,
            reading: api.key_of(own, &reads, None).await,
        }
    }
}

/// A key of the right owner with every scope but those of the operation's category.
async fn without_scope(tour: &Tour, operation: &Operation) -> String {
    let owner = (!operation.is_operators()).then_some(tour.api.partner.partner_id);
    let own = operation.scopes();
    let category = own[0].split(':').next().unwrap();
    let scopes = Scope::all_of(owner).into_iter().map(|scope| scope.to_string());
    let scopes: Vec<String> = scopes.filter(|scope| !scope.starts_with(category)).collect();
    if scopes.is_empty() {
        // The operator's keys have one category: reading is not writing.
        return tour.api.key_of(owner, &["operator:read"], None).await;
    }
    let scopes: Vec<&str> = scopes.iter().map(String::as_str).collect();
    tour.api.key_of(owner, &scopes, None).await
}

/// The same address with an unknown id in the place of each id, and with none that is one.
fn unknown(address: &str) -> Vec<String> {
    let mut addresses = Vec::new();
    for part in address.split('/').filter(|part| is_id(part)) {
        let kind = part.split('_').next().unwrap();
        for other in [format!("{kind}_{}", "0".repeat(26)), "x".to_owned(), "%00".to_owned()] {
            addresses.push(address.replace(part, &other));
        }
    }
    addresses
}

async fn walk(tour: &mut Tour, judge: &mut Judge, operation: &Operation, keys: &Keys) {
    let address = match tour.address(operation).await {
        Ok(address) => address,
        Err(why) => return judge.findings.push(why),
    };
    let call = || tour.api.call(&operation.method, &address);
    judge.expect(("nobody", operation), &call().without_key().send().await, &[401]);
    for garbage in ["", "sk_test_", "sk_live_nobodys", "ÿ"] {
        judge.expect(("garbage", operation), &call().key(garbage).send().await, &[401]);
    }
    let full = tour.full_key(operation);
    let ask = async |key: &str, address: &str| tour.ask(operation, key, address).await;
    if operation.is_operators() {
        for key in [&tour.api.key, &keys.foreign, &keys.restricted] {
            judge.expect(("a partner", operation), &ask(key, &address).await, &[403]);
        }
    } else {
        let operator = ask(&tour.operator_key, &address).await;
        judge.expect(("the operator", operation), &operator, &[403]);
        foreign(tour, judge, operation, (&keys.foreign, &address)).await;
        restricted(tour, judge, operation, (&keys.restricted, &address)).await;
        if operation.writes() {
            judge.expect(("a reader", operation), &ask(&keys.reading, &address).await, &[403]);
        }
    }
    if !operation.is_operators() || operation.writes() {
        let lacking = without_scope(tour, operation).await;
        judge.expect(("a key without it", operation), &ask(&lacking, &address).await, &[403]);
    }
    if operation.documents(412) {
        let stale = call().key(&full).header("if-match", "\"4711\"");
        let answer = tour.example(stale, operation).await;
        judge.expect(("who saw another", operation), &answer, &[409, 412]);
    }
    for address in unknown(&address) {
        judge.expect((&address, operation), &ask(&full, &address).await, &[404]);
    }
}

/// Another partner's key, with this partner's ids.
async fn foreign(tour: &Tour, judge: &mut Judge, operation: &Operation, (key, at): (&str, &str)) {
    let has_ids = at.split('/').any(is_id);
    if !has_ids && operation.writes() && !tour.names_something(operation) {
        // It would do this with its own things, as it may.
        return;
    }
    let answer = tour.ask(operation, key, at).await;
    if has_ids {
        judge.expect(("another partner", operation), &answer, &[404]);
    } else if operation.writes() {
        judge.expect(("another partner", operation), &answer, &[404, 422]);
    } else {
        judge.expect(("another partner", operation), &answer, &[200, 404, 409, 422]);
        let text = String::from_utf8_lossy(&answer.body);
        if answer.status.is_success() && text.contains(&tour.tenant_id.to_string()) {
            judge.findings.push(format!("another partner: {} shows a tenant", operation.id));
        }
    }
}

/// A key that is restricted to another tenant.
async fn restricted(
    tour: &Tour,
    judge: &mut Judge,
    operation: &Operation,
    (key, at): (&str, &str),
) {
    let tenant_id = tour.tenant_id.to_string();
    if answers_each(operation) {
        // Rejects are kept, so this is asked when all others have changed nothing.
        return;
    }
    if operation.writes() {
        let answer = tour.ask(operation, key, at).await;
        judge.expect(("a restricted key", operation), &answer, &[403, 404]);
        return;
    }
    let answer = tour.ask(operation, key, at).await;
    let full = tour.ask(operation, &tour.api.key, at).await;
    let is_about = at.contains(&tenant_id)
        || at.split('/').any(is_id) && String::from_utf8_lossy(&full.body).contains(&tenant_id);
    if is_about {
        judge.expect(("a restricted key", operation), &answer, &[403, 404]);
    } else {
        judge.expect(("a restricted key", operation), &answer, &[200, 403, 404]);
        if String::from_utf8_lossy(&answer.body).contains(&tenant_id) {
            judge.findings.push(format!("a restricted key: {} shows a tenant", operation.id));
        }
    }
}

// API-05 KEY-02 KEY-03 INV-34 TEN-16
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn whoever_may_not_is_refused_and_changes_nothing(#[case] engine: Engine) {
    let Some(mut tour) = Tour::open(engine).await else { return };
    tour.look_around().await;
    for operation in operations() {
        // What lists lack is made before anybody looks.
        let _ = tour.address(&operation).await;
    }
    let keys = Keys::of(&tour).await;
    let mut judge = Judge::default();
    let key_states = "select key_id || scopes || coalesce(revoked_at, 0) from api_key
        where name <> 'a test''s' order by key_id";
    let before = tour.api.world.content().await.without(&BEHIND_ANSWERS);
    let keys_before = tour.api.world.texts(key_states).await;
    for operation in operations() {
        walk(&mut tour, &mut judge, &operation, &keys).await;
    }
    report(&judge.findings);
    assert!(judge.asked > 7 * operations().len(), "only {} were asked", judge.asked);
    tour.api.world.content().await.without(&BEHIND_ANSWERS).assert_same(&before);
    assert_eq!(tour.api.world.texts(key_states).await, keys_before);
    for operation in operations().iter().filter(|it| answers_each(it)) {
        let answer = tour.ask(operation, &keys.restricted, &operation.path).await;
        let result = answer.expect(200).json();
        assert_eq!(result["accepted"], 0, "{}: {result}", operation.id);
        assert_eq!(result["rejected"], result["records"], "{}: {result}", operation.id);
    }
    // Nothing came of it but a batch and its rejects.
    let kept = ["batch", "reject", "audit_entry"];
    let after = tour.api.world.content().await.without(&BEHIND_ANSWERS);
    after.without(&kept).assert_same(&before.without(&kept));
}

// KEY-02
#[test]
fn every_operation_names_a_category_that_keys_have() {
    for operation in operations() {
        for scope in operation.scopes() {
            let scope: Scope = scope.parse().unwrap();
            assert_eq!(scope.category == Category::Operator, operation.is_operators());
        }
    }
}
