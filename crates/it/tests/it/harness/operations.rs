//! The operations that the API's document names, and requests made of their examples.
//!
//! Decided here: whoever walks over the API walks over the document, so that a new route is walked
//! over the day it is there. What stands in a path is found by asking the list that it is in; where
//! that list is empty, the operation that fills it is asked first, with its own example.

use std::collections::BTreeMap;

use app::test_methods::SavedFor;
use domain::ids::TenantId;
use serde_json::Value;

use super::{
    Api, Engine,
    http::{Answer, Call},
    trade::{Trade, days, with_bad_rows},
};

/// Methods, in the order in which they disturb the least.
const METHODS: [&str; 5] = ["get", "post", "put", "patch", "delete"];

/// One operation of the document.
#[derive(Debug, Clone)]
pub(crate) struct Operation {
    pub(crate) id: String,
    pub(crate) method: String,
    pub(crate) path: String,
    /// What the document says of it.
    pub(crate) object: Value,
}

/// All operations: first what only looks, then what has the shortest path.
pub(crate) fn operations() -> Vec<Operation> {
    let document = web::api::document();
    let mut all = Vec::new();
    for (path, methods) in document["paths"].as_object().unwrap() {
        for method in METHODS {
            let Some(object) = methods.get(method) else { continue };
            let id = object["operationId"].as_str().unwrap_or(path).to_owned();
            let (method, path) = (method.to_uppercase(), path.clone());
            all.push(Operation { id, method, path, object: object.clone() });
        }
    }
    assert!(all.len() > 10, "only {} operations", all.len());
    all.sort_by_key(|it| {
        let rank = METHODS.iter().position(|method| *method == it.method.to_lowercase());
        (it.method == "DELETE", it.parameters().len(), rank)
    });
    all
}

impl Operation {
    /// The names in its path.
    pub(crate) fn parameters(&self) -> Vec<&str> {
        let parts = self.path.split('{').skip(1);
        parts.map(|part| part.split('}').next().unwrap()).collect()
    }

    /// The parameters that must stand behind the question mark, with their examples.
    fn required_query(&self) -> String {
        let parameters = self.object["parameters"].as_array();
        let required = parameters
            .into_iter()
            .flatten()
            .filter(|it| it["in"] == "query" && it["required"] == true);
        let pair = |it: &Value| {
            let example = it["example"].as_str().or(it["schema"]["example"].as_str());
            let name = it["name"].as_str().unwrap();
            format!("{name}={}", example.unwrap_or_else(|| panic!("{name} has no example")))
        };
        required.map(pair).collect::<Vec<_>>().join("&")
    }

    /// The scopes that it asks for.
    pub(crate) fn scopes(&self) -> Vec<&str> {
        let security = self.object["security"].as_array();
        let alternatives = security.into_iter().flatten();
        let scopes = alternatives.flat_map(|it| it["key"].as_array().into_iter().flatten());
        scopes.filter_map(Value::as_str).collect()
    }

    /// Whether it is for the operator's keys.
    pub(crate) fn is_operators(&self) -> bool {
        self.scopes().iter().any(|scope| scope.starts_with("operator:"))
    }

    /// Whether it changes something.
    pub(crate) fn writes(&self) -> bool {
        self.scopes().iter().any(|scope| scope.ends_with(":write"))
    }

    /// Whether it makes something that a list then has.
    fn creates(&self) -> bool {
        self.method == "POST" && self.documents(201)
    }

    /// Whether the document knows this answer.
    pub(crate) fn documents(&self, status: u16) -> bool {
        self.object["responses"].get(status.to_string()).is_some()
    }

    /// Kind and example of its body, as the document has it.
    pub(crate) fn example(&self) -> Option<(String, Value)> {
        let content = self.object.pointer("/requestBody/content")?.as_object()?;
        let json = content.iter().find(|(kind, _)| *kind == "application/json");
        let (kind, media) = json.or_else(|| content.iter().next())?;
        let example = media["examples"].as_object()?.values().next()?.get("value")?;
        Some((kind.clone(), example.clone()))
    }
}

/// A world that has been lived in, seen through its API by two keys that may do everything.
pub(crate) struct Tour {
    pub(crate) api: Api,
    pub(crate) operator_key: String,
    /// A tenant of the partner; its things are preferred where there is a choice.
    pub(crate) tenant_id: TenantId,
    /// Another tenant of the same partner.
    pub(crate) other_tenant: TenantId,
    /// What is in each list, by the list's address.
    found: BTreeMap<String, String>,
    /// An id of each kind, by what stands before its underscore.
    by_kind: BTreeMap<String, String>,
    /// What creating gave, by operation.
    pub(crate) created: BTreeMap<String, Answer>,
}

impl Tour {
    /// Two partners with tenants, numbers, calls, rejects, and two months of invoices.
    pub(crate) async fn open(engine: Engine) -> Option<Self> {
        let trade = Trade::open(engine, 4).await?;
        let file = with_bad_rows(&trade.calls((1, 120), days(trade.world.app.clock.now(), 20)));
        trade.world.import(&file).await.unwrap();
        let until = trade.world.app.clock.now().plus_seconds(70 * 86_400);
        trade.world.app.run_due(Some(until)).await.unwrap();
        let partner = trade.world.app.partner_named("oak-voice").await.unwrap();
        let api = Api::over(trade.world, partner).await;
        let operator_key = api.key_of(None, &[], None).await;
        let tenants = api.get("/v1/tenants").await.expect(200).json();
        let tenant = |row: usize| tenants["data"][row]["id"].as_str().unwrap().parse().unwrap();
        pay_a_little(&api, tenant(0)).await;
        for row in 0..2 {
            let owner = (api.partner.partner_id, tenant(row));
            let visa = ("visa", SavedFor::Default);
            api.world.app.save_test_method(owner, visa).await.unwrap();
        }
        settle_a_little(&api).await;
        give_back_a_little(&api, tenant(0)).await;
        dispute_a_little(&api, (tenant(0), &operator_key)).await;
        pay_the_operator(&api, &operator_key).await;
        // The newest invoice is one that can still be paid.
        issued(&api, tenant(0)).await;
        let tour = Self {
            api,
            operator_key,
            tenant_id: tenant(0),
            other_tenant: tenant(1),
            found: BTreeMap::new(),
            by_kind: BTreeMap::new(),
            created: BTreeMap::new(),
        };
        // A batch of the partner's own, with a reject.
        let batch = operations().into_iter().find(|it| it.id == "create_cdr_batch");
        let batch = batch.expect("calls are sent");
        tour.ask(&batch, &tour.api.key, &batch.path).await.expect(200);
        Some(tour)
    }

    /// The key that may do this.
    pub(crate) fn full_key(&self, operation: &Operation) -> String {
        if operation.is_operators() { self.operator_key.clone() } else { self.api.key.clone() }
    }

    /// Looks into every list, so that examples can name what there is.
    pub(crate) async fn look_around(&mut self) {
        let lists = operations();
        let is_list = |it: &&Operation| it.method == "GET" && it.parameters().is_empty();
        for list in lists.iter().filter(is_list) {
            let answer = self.ask(list, &self.full_key(list), &list.path).await;
            if answer.status.is_success() && answer.header("content-type").contains("json") {
                let rows = answer.json()["data"].as_array().cloned().unwrap_or_default();
                if let Some(row) = self.preferred(&rows) {
                    self.remember_ids(&row);
                }
            }
        }
        let tenant_id = self.tenant_id.to_string();
        self.by_kind.insert("tnt".to_owned(), tenant_id);
    }

    fn preferred(&self, rows: &[Value]) -> Option<Value> {
        let tenant_id = self.tenant_id.to_string();
        let own = rows.iter().find(|row| row.to_string().contains(&tenant_id));
        own.or(rows.first()).cloned()
    }

    fn remember_ids(&mut self, value: &Value) {
        match value {
            Value::String(text) if is_id(text) => {
                let kind = text.split('_').next().unwrap().to_owned();
                self.by_kind.entry(kind).or_insert_with(|| text.clone());
            }
            Value::Array(items) => items.iter().for_each(|item| self.remember_ids(item)),
            Value::Object(fields) => fields.values().for_each(|field| self.remember_ids(field)),
            _ => {}
        }
    }

    /// The address of `operation` with something that there is in each place, or which list is
    /// empty.
    pub(crate) async fn address(&mut self, operation: &Operation) -> Result<String, String> {
        let mut address = String::new();
        let mut template = String::new();
        for part in operation.path.split_inclusive('/') {
            match part.strip_prefix('{') {
                None => address.push_str(part),
                Some(name) => {
                    let (name, rest) = name.split_once('}').unwrap();
                    let list = address.trim_end_matches('/').to_owned();
                    let of = template.trim_end_matches('/').to_owned();
                    let element = match self.lived_in(operation, &of) {
                        Some(partner) => partner,
                        None => self.element((&of, &list), name, operation).await?,
                    };
                    address.push_str(&element);
                    address.push_str(rest);
                }
            }
            template.push_str(part);
        }
        let query = operation.required_query();
        Ok(if query.is_empty() { address } else { format!("{address}?{query}") })
    }

    /// The partner that has things, for what the operator does to one of its things.
    fn lived_in(&self, operation: &Operation, template: &str) -> Option<String> {
        let has_parts = operation.is_operators() && operation.parameters().len() > 1;
        let is_partner = has_parts && template.ends_with("/partners");
        is_partner.then(|| self.api.partner.partner_id.to_string())
    }

    /// Something in the list with this template and address.
    async fn element(
        &mut self,
        (template, list): (&str, &str),
        name: &str,
        wanted: &Operation,
    ) -> Result<String, String> {
        if let Some(known) = self.found.get(list) {
            return Ok(known.clone());
        }
        let all = operations();
        let at = |it: &&Operation| it.path == template;
        let key = self.full_key(wanted);
        if let Some(operation) = all.iter().filter(at).find(|it| it.method == "GET") {
            let answer = self.ask(operation, &key, list).await;
            let rows = answer.json()["data"].as_array().cloned().unwrap_or_default();
            if let Some(found) = self.preferred(&rows).and_then(|row| named(&row, name)) {
                self.found.insert(list.to_owned(), found.clone());
                return Ok(found);
            }
        }
        if let Some(operation) = all.iter().filter(at).find(|it| it.creates()) {
            let answer = self.create(operation, &key, list).await;
            let found = self.found.get(list).cloned();
            if let Some(found) = found.or_else(|| named(&answer.json(), name)) {
                return Ok(found);
            }
            return Err(format!("{} made nothing: {:?}", operation.id, answer.problem()));
        }
        let found = self.element_of_a_part((template, list), name, wanted).await?;
        found.ok_or_else(|| format!("{}: nothing is in {list}", wanted.id))
    }

    /// Something that is listed as a part of something else: `/v1/webhook-deliveries/{id}` by
    /// `/v1/webhook-endpoints/{id}/deliveries`, made by a neighbour of that list.
    async fn element_of_a_part(
        &mut self,
        (template, list): (&str, &str),
        name: &str,
        wanted: &Operation,
    ) -> Result<Option<String>, String> {
        let end = format!("/{}", template.rsplit(['/', '-']).next().unwrap());
        let all = operations();
        let lists_it = |it: &&Operation| {
            it.method == "GET" && it.path.ends_with(&end) && !it.parameters().is_empty()
        };
        let Some(part) = all.iter().find(lists_it) else { return Ok(None) };
        let (whole, _) = part.path.rsplit_once('/').unwrap();
        let neighbours = all.iter().filter(|it| {
            let rest = it.path.strip_prefix(whole);
            let is_beside = rest.is_some_and(|rest| rest.matches('/').count() == 1);
            it.method == "POST" && is_beside && (it.documents(201) || it.documents(202))
        });
        let key = self.full_key(wanted);
        for neighbour in neighbours {
            let address = Box::pin(self.address(neighbour)).await?;
            self.ask(neighbour, &key, &address).await;
        }
        let address = Box::pin(self.address(part)).await?;
        let rows = self.ask(part, &key, &address).await.json()["data"].as_array().cloned();
        let found = self.preferred(&rows.unwrap_or_default()).and_then(|row| named(&row, name));
        if let Some(found) = &found {
            self.found.insert(list.to_owned(), found.clone());
        }
        Ok(found)
    }

    /// Creates what an operation's example shows, once.
    pub(crate) async fn create(&mut self, operation: &Operation, key: &str, at: &str) -> Answer {
        if let Some(answer) = self.created.get(&operation.id) {
            return answer.clone();
        }
        let answer = self.ask(operation, key, at).await;
        let location = answer.header("location").strip_prefix(&format!("{at}/"));
        let place = location.filter(|rest| !rest.contains('/')).map(str::to_owned);
        let id = place.or_else(|| named(&answer.json(), "id"));
        if let (true, Some(id)) = (answer.status.as_u16() == 201, id) {
            self.found.insert(at.to_owned(), id);
        }
        self.created.insert(operation.id.clone(), answer.clone());
        answer
    }

    /// Sends the example of `operation` to `address`.
    pub(crate) async fn ask(&self, operation: &Operation, key: &str, address: &str) -> Answer {
        self.example(self.api.call(&operation.method, address).key(key), operation).await
    }

    /// Sends `call` with the example of `operation` as its body.
    pub(crate) async fn example(&self, mut call: Call<'_>, operation: &Operation) -> Answer {
        if let Some((kind, example)) = self.body(operation) {
            call = call.bytes(&kind, example);
        }
        call.send().await
    }

    /// The example's bytes, with ids of things that there are.
    fn body(&self, operation: &Operation) -> Option<(String, Vec<u8>)> {
        let (kind, example) = operation.example()?;
        let bytes = match (kind.ends_with("json"), &example) {
            (false, Value::String(text)) => text.clone().into_bytes(),
            _ => self.with_known_ids(example).to_string().into_bytes(),
        };
        Some((kind, bytes))
    }

    fn with_known_ids(&self, value: Value) -> Value {
        match value {
            Value::String(text) if is_id(&text) => {
                let known = self.by_kind.get(text.split('_').next().unwrap());
                known.cloned().unwrap_or(text).into()
            }
            Value::Array(items) => items.into_iter().map(|it| self.with_known_ids(it)).collect(),
            Value::Object(fields) => {
                let known = |(name, value)| (name, self.with_known_ids(value));
                fields.into_iter().map(known).collect()
            }
            value => value,
        }
    }

    /// Whether the operation's body names something that there is.
    pub(crate) fn names_something(&self, operation: &Operation) -> bool {
        let Some((_, body)) = self.body(operation) else { return false };
        let body = String::from_utf8_lossy(&body);
        self.by_kind.values().any(|id| body.contains(id.as_str()))
    }
}

/// Notes a part of what the tenant owes as paid, so that there is a payment and still a debt.
async fn pay_a_little(api: &Api, tenant_id: TenantId) {
    let owed = format!("/v1/invoices?status=overdue&tenant_id={tenant_id}");
    let owed = api.get(&owed).await.expect(200).json();
    let invoice = owed["data"][0]["id"].as_str().expect("the tenant owes something");
    let paid = serde_json::json!({"amount": "0.01"});
    api.post(&format!("/v1/invoices/{invoice}/mark-paid"), paid).await.expect(200);
}

/// An issued invoice of one line: its path.
async fn issued(api: &Api, tenant_id: TenantId) -> String {
    use serde_json::json;
    let line = json!({"description": "Visit", "unit_price": "40.00"});
    let draft = json!({"tenant_id": tenant_id, "lines": [line]});
    let draft = api.post("/v1/invoices", draft).await.expect(201).json();
    let path = format!("/v1/invoices/{}", draft["id"].as_str().unwrap());
    api.call("POST", &format!("{path}/finalize")).send().await.expect(200);
    path
}

/// An invoice that was paid by the test method of this name: its path.
async fn paid_by(api: &Api, tenant_id: TenantId, method: &str) -> String {
    let path = issued(api, tenant_id).await;
    let owner = (api.partner.partner_id, tenant_id);
    let saved = api.world.app.save_test_method(owner, (method, SavedFor::Naming)).await.unwrap();
    let paid = serde_json::json!({"payment_method_id": saved.method_id});
    api.post(&format!("{path}/pay"), paid).await.expect(201);
    path
}

/// Gives a part of a payment back, which fails a day later, so that it can be asked for again.
async fn give_back_a_little(api: &Api, tenant_id: TenantId) {
    let path = paid_by(api, tenant_id, "refund_fails").await;
    let part = serde_json::json!({"amount": "0.50"});
    api.post(&format!("{path}/refunds"), part).await.expect(201);
    let until = api.world.app.clock.now().plus_seconds(2 * 86_400);
    api.world.app.run_due(Some(until)).await.unwrap();
}

/// A payment that its payer disputes.
async fn dispute_a_little(api: &Api, (tenant_id, operator_key): (TenantId, &str)) {
    paid_by(api, tenant_id, "disputed").await;
    let until = api.world.app.clock.now().plus_seconds(2 * 86_400);
    api.world.app.run_due(Some(until)).await.unwrap();
    let open = api.call("GET", "/v1/operator/disputes").key(operator_key).send().await;
    assert_eq!(open.expect(200).json()["data"][0]["status"], "open");
}

/// Saves a method of the partner's own, and states a month.
async fn settle_a_little(api: &Api) {
    let card = serde_json::json!({"test_method": "visa"});
    api.post("/v1/payment-methods", card).await.expect(201);
    let partner = api.partner.partner_id;
    let sql = format!(
        "insert into settlement
           (partner_id, settlement_id, month, currency, charges_count, charges_minor,
            refunds_count, refunds_minor, disputes_count, disputes_minor, fees_minor, net_minor,
            due_on, status, created_at, version)
         values ('{partner}', 'stl_01k9zq4v8m6s3t2r1p0n9m8k7j', 202605, 'USD', 1, 100000, 0, 0, 0,
            0, 3990, 96010, 20260615, 'due', 1781000000000000, 1)"
    );
    api.world.execute(&sql).await;
}

/// Gives the partner money in its wallet and a subscription invoice.
async fn pay_the_operator(api: &Api, operator_key: &str) {
    use serde_json::json;
    let partner_id = api.partner.partner_id;
    let path = format!("/v1/operator/partners/{partner_id}");
    let asked = async |method: &str, path: &str, body: Value| {
        let call = api.call(method, path).key(operator_key).json(body);
        let answer = call.send().await;
        assert!(answer.status.is_success(), "{path}: {:?}", answer.json());
    };
    let prepaid = json!({"billing": "prepaid"});
    asked("PUT", &format!("{path}/subscription"), prepaid).await;
    let funds = json!({"amount": "1000.00", "reason": "Funds", "reference": "funds"});
    asked("POST", &format!("{path}/adjustments"), funds).await;
    let larger = json!({"tier": "business"});
    api.post("/v1/subscription/change", larger).await.expect(200);
}

/// Whether `text` is an id such as `tnt_01k9zq4v8m6s3t2r1p0n9m8k7j`.
pub(crate) fn is_id(text: &str) -> bool {
    text.split_once('_').is_some_and(|(kind, rest)| {
        (3..=4).contains(&kind.len())
            && kind.bytes().all(|byte| byte.is_ascii_lowercase())
            && rest.len() == 26
            && rest.bytes().all(|byte| byte.is_ascii_alphanumeric())
    })
}

/// What names `row` in an address: the field called like the parameter, or its id.
fn named(row: &Value, name: &str) -> Option<String> {
    let last = name.rsplit('_').next().unwrap_or(name);
    let field = [name, last, "id"].into_iter().find_map(|name| row.get(name))?;
    match field {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}
