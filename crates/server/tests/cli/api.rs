//! Claims about `trunkline keys`, `trunkline api`, and the copy of the API's document in the tree.

use std::{
    io::{BufRead, BufReader},
    process::{Child, Command, Stdio},
};

use serde_json::Value;

use crate::program::{PROGRAM, Place, Ran};

/// A server that ends with the test.
struct Server {
    process: Child,
    url: String,
}

impl Server {
    fn start(place: &Place) -> Self {
        let mut process = Command::new(PROGRAM)
            .args([
                "serve",
                "--data-dir",
                "data",
                "--listen",
                "127.0.0.1:0",
                "--clock",
                "simulated",
            ])
            .current_dir(place.path())
            .env_remove("DATABASE_URL")
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(process.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let url = line.split_ascii_whitespace().nth(1).unwrap().to_owned();
        Self { process, url }
    }

    /// Asks it with `trunkline api`.
    fn ask(&self, place: &Place, key: &str, request: &str) -> Ran {
        let url = &self.url;
        place.shell(&format!("TRUNKLINE_API_KEY='{key}' trunkline api --url {url} {request}"))
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

// API-02
#[test]
fn the_document_in_the_tree_is_the_programs() {
    let ran = Place::new().run("api openapi");
    let kept = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/openapi.json");
    let kept = std::fs::read_to_string(kept).unwrap();
    assert!(
        ran.stdout == kept,
        "docs/openapi.json is old: `trunkline api openapi > docs/openapi.json`, clients/generate"
    );
    let document: Value = serde_json::from_str(&kept).unwrap();
    assert!(document["paths"].as_object().unwrap().len() > 10);
}

// KEY-03 KEY-04 KEY-08
#[test]
fn a_deployment_begins_with_keys_made_at_the_command_line() {
    let place = Place::new();
    let server = Server::start(&place);
    let made = place.run("keys create --operator --name ops --data-dir data");
    let operator = made.stdout.trim().to_owned();
    assert!(operator.starts_with("sk_") && made.stdout.lines().count() == 1, "{made:?}");
    let wanted = "create_operator name='Example Telecom' home_country=US currency=USD";
    assert_eq!(server.ask(&place, &operator, wanted).code, 0);
    let partner = "create_partner slug=oak company_name=Oak billing_email=a@oak.example";
    let partner = server.ask(&place, &operator, partner);
    let partner: Value = serde_json::from_str(&partner.stdout).unwrap();
    let create = |rest: &str| place.run(&format!("keys create --name k --data-dir data {rest}"));
    let full = create("--partner oak").stdout.trim().to_owned();
    let id = partner["id"].as_str().unwrap();
    let reading = create(&format!("--partner {id} --scope tenants:read")).stdout.trim().to_owned();
    let tenant = "create_tenant name='Acme Dental' sip_prefix=ACME billing_email=b@acme.example";
    server.ask(&place, &reading, tenant).assert_refused(1, &["403", "scope_missing", "req_"]);
    let tenant = server.ask(&place, &full, tenant);
    let tenant: Value = serde_json::from_str(&tenant.stdout).unwrap();
    let path = format!("GET /v1/tenants/{}", tenant["id"].as_str().unwrap());
    let read: Value = serde_json::from_str(&server.ask(&place, &reading, &path).stdout).unwrap();
    assert_eq!(read, tenant);
    let listed = place.run("keys list --data-dir data").stdout;
    assert_eq!(listed.lines().count(), 3, "{listed}");
    assert!(!listed.contains(&full) && !listed.contains(&operator));
    let row = listed.lines().find(|line| line.contains("  1 scopes")).unwrap();
    let key_id = row.split_ascii_whitespace().next().unwrap();
    let revoked = place.run(&format!("keys revoke {key_id} --data-dir data"));
    assert_eq!(revoked.stdout, format!("{key_id} is revoked\n"), "{revoked:?}");
    assert!(place.run("keys list --data-dir data").stdout.contains("revoked"));
    let entries = server.ask(&place, &full, "list_audit_entries action=api_key.revoke").stdout;
    let entries: Value = serde_json::from_str(&entries).unwrap();
    assert_eq!(entries["data"][0]["actor_kind"], "command");
    assert_eq!(entries["data"][0]["before"]["status"], "active");
    assert_eq!(entries["data"][0]["after"]["status"], "revoked");
}

#[test]
fn what_cannot_be_meant_is_told_from_what_is_refused() {
    let place = Place::new();
    let check = |code, arguments: &str, words: &[&str]| {
        place.run(arguments).assert_refused(code, words);
    };
    check(2, "api get_tenant", &["id=", "/v1/tenants/{id}"]);
    check(2, "api list_tenants colour=red", &["colour"]);
    check(2, "api nothing", &["nothing", "trunkline api operations"]);
    check(2, "api GET tenants", &["begins with /"]);
    check(2, "api GET /v1/tenants --url ftp://x", &["ftp://x"]);
    check(1, "api GET /v1/tenants --url http://127.0.0.1:1", &["127.0.0.1:1", "--url"]);
    check(1, "api POST /v1/tenants --data @missing", &["missing"]);
    check(2, "keys create --name x", &["--operator", "--partner"]);
    check(2, "keys create --operator --partner oak --name x", &["--operator"]);
    check(2, "keys create --operator --name x --scope billing", &["billing"]);
    check(2, "keys create --operator --name x --expires soon", &["soon"]);
    check(1, "keys create --operator --name x", &["no database"]);
    let operations = place.run("api operations");
    assert!(operations.stdout.contains("create_tenant"), "{operations:?}");
}
