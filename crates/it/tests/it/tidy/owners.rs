//! No query without its owner: what every public function of `store` must ask for.
//!
//! Decided here: after the transaction comes whose data is read or written: a partner, an owner
//! that may be the operator, a source (which has one owner), or rows that carry one of them. What
//! serves the whole platform is listed by name, with its reason.

use super::{
    report,
    source::{Rust, rust},
};

/// Modules that know no account: connections, rows in bulk, the operator's own rows.
const WITHOUT_ACCOUNTS: [&str; 6] =
    ["bulk.rs", "columns.rs", "db.rs", "error.rs", "migrations.rs", "operator.rs"];

/// Functions that serve the whole platform, and why.
const PLATFORM_WIDE: &[(&str, &str)] = &[
    ("answers::forget", "what is kept for a time only is forgotten for all"),
    ("api_keys::find_by_hash", "who asks is known by the key alone"),
    ("api_keys::owner_of", "the command line serves all owners; answers whose a key is"),
    ("api_requests::forget", "what is kept for a time only is forgotten for all"),
    ("jobs::list", "the operator's list of background work"),
    ("method_setups::forget_customer", "the processor's ids, which no two accounts share"),
    ("method_setups::find_by_reference", "the processor's ids, which no two accounts share"),
    ("partners::list", "the operator's list of partners"),
    ("payment_methods::of_customer", "the processor's ids, which no two accounts share"),
    ("payment_methods::find_by_reference", "the processor's ids, which no two accounts share"),
    ("settlements::find_of_any", "the operator settles with all partners"),
    ("settlements::next", "due work is found by its time"),
    ("processor_events::claim", "workers serve all accounts"),
    ("processor_events::claim_read", "workers serve all accounts"),
    ("processor_events::forget", "what is kept for a time only is forgotten for all"),
    ("processor_events::plan_reads", "every account's list is read"),
    ("processor_events::states", "an account of the processor, whosever it is"),
    ("portal_sessions::find_by_hash", "who asks is known by the cookie alone"),
    ("portal_sessions::forget", "what is over is forgotten for all"),
    ("sign_in_attempts::lock", "an address that was tried may be nobody's"),
    ("sign_in_attempts::prepare", "an address that was tried may be nobody's"),
    ("sign_in_attempts::put", "an address that was tried may be nobody's"),
    ("sign_in_attempts::clear", "an address that was tried may be nobody's"),
    ("sign_in_attempts::forgive_one", "an address that was tried may be nobody's"),
    ("sign_in_attempts::forget", "what is over is forgotten for all"),
    ("user_secrets::find_token", "who follows a link is known by it alone"),
    ("sources::list", "the operator's list of switches"),
    ("baseline::make_call_copy", "an empty table of a measurement"),
    ("baseline::make_invoice_copies", "an empty table of a measurement"),
    ("directory::operator", "the operator's one row"),
    ("directory::partners", "an importer holds all partners in memory"),
    ("auto_pay::due", "due work is found by its time"),
    ("checkouts::next_ending", "due work is found by its time"),
    ("invoice_links::opened_by", "whoever has a link is known by its token alone"),
    ("payments::of_reference", "the processor tells of its own ids, which no two accounts share"),
    ("payments::to_look_at", "due work is found by its time"),
    ("due::next_tenant", "due work is found by its time"),
    ("due::partner_without_month", "due work is found by its time"),
    ("console::counts", "figures for those who run the platform"),
    ("console::failed_deliveries", "the operator's list of messages that did not arrive"),
    ("console::partners_by_status", "figures for those who run the platform"),
    ("disputes::by_reference", "the processor's ids, which no two accounts share"),
    ("disputes::next_due", "due work is found by its time"),
    ("dunning::next_due", "due work is found by its time"),
    ("invoices::becoming_overdue", "due work is found by its time"),
    ("operator_charges::next_due", "due work is found by its time"),
    ("operator_refunds::next_due", "due work is found by its time"),
    ("partners::on_tier", "a change of rates concerns everybody on the tier"),
    ("refunds::by_reference", "the processor's ids, which no two accounts share"),
    ("refunds::next_due", "due work is found by its time"),
    ("subscriptions::fees", "the operator's one row"),
    ("subscriptions::next_due", "due work is found by its time"),
    ("subscriptions::post_plan", "standard figures of tiers are everybody's"),
    ("subscriptions::posted_plans", "standard figures of tiers are everybody's"),
    ("subscriptions::set_fees", "the operator's one row"),
    ("subscriptions::take_number", "the operator's invoices are numbered over all partners"),
    ("wallet_watch::next_due", "due work is found by its time"),
    ("jobs::claim", "workers serve all partners"),
    ("jobs::waiting", "a figure for those who run the platform"),
    ("mails::claim", "workers serve all partners"),
    ("numbers::is_assigned", "a number is unique on the platform; answers yes or no"),
    ("partners::find_by_slug", "finds a partner by the name in its address"),
    ("partners::page", "the operator's list of partners"),
    ("processors::connected_with", "the processor names the account alone; answers whose it is"),
    ("processors::keys_of_account", "the processor names the account alone; answers whose it is"),
    ("webhooks::work::due_endpoints", "senders serve all partners"),
    ("webhooks::work::purge", "what is old goes, whosever it is"),
    ("tenants::is_name_taken", "names for switches are unique; answers yes or no"),
];

/// What an owner is called, as an argument or as a field of a row.
const OWNERS: [&str; 6] = ["partner_id", "owner", "owner_id", "source_id", "sources", "partners"];

struct Function {
    /// `invoices::insert`.
    name: String,
    place: String,
    parameters: Vec<String>,
}

/// Every public function of `store` that can reach the database.
fn functions() -> Vec<Function> {
    let mut functions = Vec::new();
    for file in rust().filter(|file| file.path.starts_with("crates/store/src/")) {
        let module = file.path.trim_start_matches("crates/store/src/");
        if WITHOUT_ACCOUNTS.contains(&module) || !file.is_product() {
            continue;
        }
        let code = Rust::parse(&file.text).code;
        for (index, line) in code.iter().enumerate() {
            let Some(rest) = line.strip_prefix("pub async fn ") else { continue };
            let name = rest.split(['(', '<']).next().unwrap_or_default();
            functions.push(Function {
                name: format!("{}::{name}", module.trim_end_matches(".rs").replace('/', "::")),
                place: format!("{}:{}", file.path, index + 1),
                parameters: parameters(&code[index..].join(" ")),
            });
        }
    }
    assert!(functions.len() > 50, "only {} functions found", functions.len());
    functions
}

/// The parameters of the function that `code` begins with.
fn parameters(code: &str) -> Vec<String> {
    let mut found = vec![String::new()];
    let mut depth = 0;
    let mut angles = 0;
    let start = code.find('(').unwrap_or(0);
    for c in code[start..].chars() {
        match c {
            '(' | '[' => depth += 1,
            ')' | ']' => depth -= 1,
            '<' => angles += 1,
            '>' => angles -= 1,
            _ => {}
        }
        if depth == 0 {
            break;
        }
        match c {
            ',' if depth == 1 && angles == 0 => found.push(String::new()),
            '(' if depth == 1 => {}
            _ => found.last_mut().expect("there is one").push(c),
        }
    }
    found.into_iter().map(|text| text.trim().to_owned()).filter(|text| !text.is_empty()).collect()
}

/// Names of structs that carry an owner, themselves or in a part.
fn owned_rows() -> Vec<String> {
    let mut structs: Vec<(String, Vec<(String, String)>)> = Vec::new();
    for file in rust() {
        if !file.is_product() || !matches!(file.package(), Some("domain" | "store")) {
            continue;
        }
        let code = Rust::parse(&file.text).code.join("\n");
        for part in code.split("pub struct ").skip(1) {
            let Some((head, body)) = part.split_once('{') else { continue };
            let fields = body.split('}').next().unwrap_or_default();
            let fields = fields.lines().filter_map(|line| {
                let line = line.trim().trim_start_matches("pub ");
                let (name, kind) = line.split_once(':')?;
                Some((name.trim().to_owned(), kind.trim().trim_end_matches(',').to_owned()))
            });
            let name = head.split(['<', ' ', '(']).next().unwrap_or_default();
            structs.push((name.to_owned(), fields.collect()));
        }
    }
    let carries = |fields: &[(String, String)]| {
        fields.iter().any(|(name, _)| OWNERS.contains(&name.as_str()))
    };
    let direct: Vec<String> = structs
        .iter()
        .filter(|(_, fields)| carries(fields))
        .map(|(name, _)| name.clone())
        .collect();
    let indirect = structs
        .iter()
        .filter(|(_, fields)| fields.iter().any(|(_, kind)| direct.contains(kind)))
        .map(|(name, _)| name.clone());
    direct.iter().cloned().chain(indirect).collect()
}

#[test]
fn the_transaction_comes_first() {
    let findings: Vec<String> = functions()
        .into_iter()
        .filter(|function| function.parameters.first().is_none_or(|first| first != "tx: &mut Tx"))
        .map(|function| format!("{}: {}", function.place, function.name))
        .collect();
    report("`store` never opens a transaction: `app` decides what belongs together", &findings);
}

#[test]
fn no_query_without_its_owner() {
    let owned = owned_rows();
    let names_owner = |parameter: &String| {
        let name = parameter.trim_start_matches('(').split([',', ':']).next().unwrap_or_default();
        let kind = parameter.rsplit(':').next().unwrap_or_default();
        let kind = kind.trim().trim_start_matches(['&', '[', '(']);
        let kind = kind.trim_start_matches("mut ").trim_end_matches([']', ')']);
        OWNERS.contains(&name.trim()) || owned.iter().any(|row| row == kind)
    };
    let findings: Vec<String> = functions()
        .into_iter()
        .filter(|function| !PLATFORM_WIDE.iter().any(|(name, _)| *name == function.name))
        .filter(|function| !function.parameters.get(1).is_some_and(names_owner))
        .map(|function| format!("{}: {} {:?}", function.place, function.name, function.parameters))
        .collect();
    report(
        "whose data it is comes right after the transaction, so that nobody's can be forgotten",
        &findings,
    );
}

#[test]
fn every_platform_wide_function_is_there() {
    let functions = functions();
    let findings: Vec<String> = PLATFORM_WIDE
        .iter()
        .filter(|(name, _)| !functions.iter().any(|function| function.name == *name))
        .map(|(name, _)| (*name).to_owned())
        .collect();
    report("an exception that is not needed any more goes", &findings);
}
