//! The portals as a browser sees them: cookies kept, forms sent with what the page gave them.
//!
//! Decided here: two partners with a tenant each and one person per role, all with the same
//! password; mails are read where they went. A browser is at one host and, where there is no
//! domain, in one partner's path.

use std::collections::BTreeMap;

use app::{
    people::NewUser,
    portals::{Platform, Portals},
};
use axum::{
    body::Body,
    http::{Request, StatusCode, header},
};
use domain::{
    account::{Partner, Tenant},
    user::{Account, Role, User},
};
use tower::ServiceExt;

use super::{World, db::Engine, http::Answer};

/// The password of everybody in these tests.
pub(crate) const PASSWORD: &str = "Correct-horse-1";
/// The platform's own host where a domain is configured.
pub(crate) const DOMAIN: &str = "phones.example";

/// A world with people in it.
pub(crate) struct People {
    pub(crate) router: axum::Router,
    pub(crate) world: World,
    pub(crate) partner: Partner,
    pub(crate) other: Partner,
    pub(crate) tenant: Tenant,
    pub(crate) other_tenant: Tenant,
}

impl People {
    /// Partners `oak-voice` and `elm-voice` with a tenant each, and a person per role in the first.
    pub(crate) async fn fresh(engine: Engine) -> Option<Self> {
        Self::on(engine, Portals::Hosts { domain: DOMAIN.to_owned() }).await
    }

    /// The same where portals are told apart so.
    pub(crate) async fn on(engine: Engine, portals: Portals) -> Option<Self> {
        let (mut world, partner) = World::with_partner(engine).await?;
        let platform = Platform { portals, ..Platform::default() };
        world.app = world.app.clone().on_platform(platform);
        let other = world.partner("elm-voice").await;
        let tenant = world.tenant(&partner, "ACME").await;
        let other_tenant = world.tenant(&other, "BETA").await;
        let router = web::router(world.app.clone());
        let people = Self { router, world, partner, other, tenant, other_tenant };
        for role in Role::ALL {
            people.add(people.account_of(role), role, &email_of(role)).await;
        }
        Some(people)
    }

    /// The account that a role belongs to.
    pub(crate) fn account_of(&self, role: Role) -> Account {
        let partner_id = self.partner.partner_id;
        match role {
            Role::OperatorAdmin | Role::OperatorViewer => Account::Operator,
            Role::PartnerAdmin | Role::PartnerUser => Account::Partner(partner_id),
            Role::TenantAdmin | Role::TenantUser => {
                Account::Tenant(partner_id, self.tenant.tenant_id)
            }
        }
    }

    /// Somebody with the password of all.
    pub(crate) async fn add(&self, account: Account, role: Role, email: &str) -> User {
        let new = NewUser { email: email.to_owned(), name: format!("{} One", role.title()), role };
        self.world.app.create_user(account, &new, PASSWORD).await.unwrap()
    }

    /// A browser at a host.
    pub(crate) fn browser(&self, host: &str) -> Browser<'_> {
        Browser {
            people: self,
            host: host.to_owned(),
            base: String::new(),
            ip: "203.0.113.7".to_owned(),
            cookies: BTreeMap::new(),
            headers: Vec::new(),
        }
    }

    /// A browser at the host where people of a role sign in.
    pub(crate) fn browser_of(&self, role: Role) -> Browser<'_> {
        let browser = match self.account_of(role) {
            Account::Operator => self.browser(DOMAIN),
            _ => self.browser(&format!("oak-voice.{DOMAIN}")),
        };
        // Each role from an address of its own, so that all of them together are not too many.
        let number = Role::ALL.iter().position(|it| *it == role).unwrap();
        Browser { ip: format!("203.0.113.{}", number + 10), ..browser }
    }

    /// A browser in which the person of this role is signed in.
    pub(crate) async fn signed_in(&self, role: Role) -> Browser<'_> {
        let mut browser = self.browser_of(role);
        browser.sign_in(&email_of(role), PASSWORD).await.expect(303);
        browser
    }

    /// Sends what is in the outbox and gives everything that went to this address, oldest first.
    pub(crate) async fn mails_to(&self, email: &str) -> Vec<adapters::mail::MailMessage> {
        self.world.app.work_jobs(self.world.app.clock.now()).await.unwrap();
        let kept = self.world.app.outside.mail.kept();
        kept.into_iter().filter(|mail| mail.to.contains(email)).collect()
    }

    /// The path of the link in the last mail to this address.
    pub(crate) async fn link_to(&self, email: &str) -> String {
        let mails = self.mails_to(email).await;
        let mut links = mails
            .iter()
            .filter_map(|mail| mail.body.split_whitespace().find(|word| word.contains("://")));
        let link = links.next_back().unwrap_or_else(|| panic!("no link in {mails:?}"));
        let path = link.split_once("://").unwrap().1;
        format!("/{}", path.split_once('/').unwrap().1)
    }

    /// Actor, actor's kind and action of the last entries of an audit log.
    pub(crate) async fn audit(&self, owner: Option<&Partner>) -> Vec<(String, String, String)> {
        let page = domain::paging::PageRequest::newest(100);
        let owner = owner.map(|partner| partner.partner_id);
        let filter = app::logs::AuditFilter::default();
        let entries = self.world.app.audit_entries(owner, filter, &page).await.unwrap();
        let rows = entries.rows.into_iter().rev();
        rows.map(|entry| (entry.actor_kind, entry.actor_name, entry.action)).collect()
    }
}

/// The address of the person with this role.
pub(crate) fn email_of(role: Role) -> String {
    format!("{}@people.example", role.as_str())
}

/// A browser with its cookies.
pub(crate) struct Browser<'a> {
    people: &'a People,
    pub(crate) host: String,
    pub(crate) base: String,
    pub(crate) ip: String,
    pub(crate) cookies: BTreeMap<String, String>,
    /// Sent with every request.
    pub(crate) headers: Vec<(&'static str, String)>,
}

impl Browser<'_> {
    /// Gets a page.
    pub(crate) async fn get(&mut self, path: &str) -> Answer {
        self.send("GET", path, String::new()).await
    }

    /// Fills in the form of a page of this browser, with the proof that the page at hand gives.
    pub(crate) async fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let csrf = self.csrf().await;
        let fields: Vec<(&str, &str)> =
            [("csrf", csrf.as_str())].into_iter().chain(fields.iter().copied()).collect();
        self.post_bare(path, &fields).await
    }

    /// Sends a form without any proof but what is in `fields`.
    pub(crate) async fn post_bare(&mut self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let pairs = fields.iter().map(|(name, value)| format!("{}={}", coded(name), coded(value)));
        let body = pairs.collect::<Vec<String>>().join("&");
        self.send("POST", path, body).await
    }

    /// Fills in a form with a file: its field, its name and what is in it.
    pub(crate) async fn post_file(
        &mut self,
        path: &str,
        fields: &[(&str, &str)],
        (field, name, text): (&str, &str, impl AsRef<[u8]>),
    ) -> Answer {
        let csrf = self.csrf().await;
        let fields = [("csrf", csrf.as_str())].into_iter().chain(fields.iter().copied());
        let mut body: Vec<u8> = Vec::new();
        for (name, value) in fields {
            let head = format!("--part\r\nContent-Disposition: form-data; name=\"{name}\"");
            body.extend_from_slice(format!("{head}\r\n\r\n{value}\r\n").as_bytes());
        }
        let head = format!("form-data; name=\"{field}\"; filename=\"{name}\"");
        let head = format!("--part\r\nContent-Disposition: {head}\r\nContent-Type: text/plain");
        body.extend_from_slice(format!("{head}\r\n\r\n").as_bytes());
        body.extend_from_slice(text.as_ref());
        body.extend_from_slice(b"\r\n--part--\r\n");
        let kind = "multipart/form-data; boundary=part".to_owned();
        self.headers.push((header::CONTENT_TYPE.as_str(), kind));
        let answer = self.send("POST", path, body).await;
        self.headers.pop();
        answer
    }

    /// The proof that pages of this browser carry.
    pub(crate) async fn csrf(&mut self) -> String {
        for path in ["/forgot", "/profile"] {
            let page = self.get(path).await.text();
            if let Some(found) = page.split("name=\"csrf\" value=\"").nth(1) {
                return found.split('"').next().unwrap().to_owned();
            }
        }
        panic!("no form anywhere");
    }

    /// Fills in the sign-in form.
    pub(crate) async fn sign_in(&mut self, email: &str, password: &str) -> Answer {
        self.post("/sign-in", &[("email", email), ("password", password)]).await
    }

    /// Whether this browser is signed in.
    pub(crate) async fn is_in(&mut self) -> bool {
        self.get("/profile").await.status == StatusCode::OK
    }

    /// The text of the session's cookie.
    pub(crate) fn cookie(&self) -> String {
        self.cookies.values().next().cloned().unwrap_or_default()
    }

    async fn send(&mut self, method: &str, path: &str, body: impl Into<Body>) -> Answer {
        let uri = format!("{}{path}", self.base);
        let mut request = Request::builder().method(method).uri(&uri);
        request = request.header(header::HOST, &self.host);
        if !self.cookies.is_empty() {
            let pairs = self.cookies.iter().map(|(name, value)| format!("{name}={value}"));
            let pairs = pairs.collect::<Vec<String>>().join("; ");
            request = request.header(header::COOKIE, pairs);
        }
        for (name, value) in &self.headers {
            request = request.header(*name, value);
        }
        let mut request = request.body(body.into()).unwrap();
        let address: std::net::SocketAddr = format!("{}:5000", self.ip).parse().unwrap();
        request.extensions_mut().insert(axum::extract::ConnectInfo(address));
        let response = self.people.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let body = axum::body::to_bytes(body, 10_000_000).await.unwrap().to_vec();
        for value in parts.headers.get_all(header::SET_COOKIE) {
            let (pair, rest) = value.to_str().unwrap().split_once(';').unwrap();
            let (name, text) = pair.split_once('=').unwrap();
            if rest.contains("Max-Age=0") {
                self.cookies.remove(name);
            } else {
                self.cookies.insert(name.to_owned(), text.to_owned());
            }
        }
        Answer { status: parts.status, headers: parts.headers, body }
    }
}

impl Answer {
    /// The body as text.
    pub(crate) fn text(&self) -> String {
        String::from_utf8(self.body.clone()).unwrap()
    }
}

fn coded(text: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric();
    let parts = text.bytes().map(|byte| {
        if plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") }
    });
    parts.collect()
}
