//! A partner's first page: what there is, this month's minutes, ways to what is done most.
//!
//! Decided here: the two rows of figures (DSH-01, DSH-02) and the shortcuts (DSH-04). A shortcut to
//! a page that is not there is not shown.

use app::dashboard::Dashboard as Figures;
use axum::{
    Router,
    extract::RawQuery,
    http::header,
    response::{IntoResponse, Response},
    routing::post,
};
use domain::{money::grouped, user::Ability};
use maud::{Markup, html};

use crate::portal::{
    Portal, cookies,
    guest::{Fault, Guest},
    parts::{badge, page_head, stat, stats},
    rules,
    shell::{self, Frame, Page, told},
};

/// The page.
#[derive(Debug, Clone)]
pub(in crate::portal) struct Dashboard {
    pub(in crate::portal) account: String,
    pub(in crate::portal) lead: String,
    pub(in crate::portal) tenants: String,
    pub(in crate::portal) extensions: String,
    pub(in crate::portal) numbers: String,
    pub(in crate::portal) people: String,
    pub(in crate::portal) minutes: String,
    /// Tone and word of how the parts of the platform are.
    pub(in crate::portal) status: (&'static str, &'static str),
    /// Names and paths.
    pub(in crate::portal) shortcuts: Vec<(&'static str, &'static str)>,
    pub(in crate::portal) notice: Option<&'static str>,
}

/// What can be gone to from here, in order; the first is what is done most. Of several paths the
/// first that is there.
const SHORTCUTS: [(&str, &[&str]); 3] = [
    ("Manage Tenants", &["/tenants"]),
    ("View Analytics", &["/reports/revenue"]),
    ("Partner Settings", &["/settings/company", "/settings/branding", "/settings/billing"]),
];

impl Page for Dashboard {
    fn title(&self) -> String {
        "Dashboard".to_owned()
    }

    fn body(&self, frame: &Frame) -> Markup {
        let (tone, word) = self.status;
        html! {
            (told(self.notice))
            (page_head(&self.account, &self.lead, &Markup::default()))
            (stats("What there is", &html! {
                (stat(frame, ("Tenants", &self.tenants), Some("/tenants")))
                (stat(frame, ("Extensions", &self.extensions), None))
                (stat(frame, ("DIDs", &self.numbers), None))
                div.stat {
                    span.stat-name { "System status" }
                    strong.stat-value.as-badge { (badge(tone, word)) }
                }
            }))
            (stats("Activity", &html! {
                (stat(frame, ("Active users", &self.people), Some("/users")))
                (stat(frame, ("Call minutes this month", &self.minutes), None))
            }))
            div.shortcuts {
                @for (index, (name, path)) in self.shortcuts.iter().enumerate() {
                    a.button.primary[index == 0] href=(frame.path(path)) { (name) }
                }
            }
        }
    }

    fn samples() -> Vec<Self> {
        let new = Self {
            account: "Oak <i>Voice</i>".to_owned(),
            lead: "Signed in as Ada, Partner Admin.".to_owned(),
            tenants: "0".to_owned(),
            extensions: "0".to_owned(),
            numbers: "0".to_owned(),
            people: "1".to_owned(),
            minutes: "0.00".to_owned(),
            status: ("positive", "Operational"),
            shortcuts: SHORTCUTS.map(|(name, paths)| (name, paths[0])).to_vec(),
            notice: None,
        };
        let large = Self {
            account: "A company whose name goes on for much longer than anybody expects".to_owned(),
            tenants: "10,000".to_owned(),
            extensions: "1,234,567".to_owned(),
            numbers: "98,765,432".to_owned(),
            minutes: "123,456,789.50".to_owned(),
            status: ("negative", "Outage"),
            shortcuts: Vec::new(),
            notice: Some("You are back."),
            ..new.clone()
        };
        vec![new, large]
    }
}

impl Dashboard {
    fn of(guest: &Guest, figures: &Figures) -> Result<Self, Fault> {
        let visitor = guest.visitor()?;
        let role = visitor.session.standing.role().title();
        let count = |number: i64| grouped(&number.to_string());
        let is_there = |path: &&&'static str| rules::need("GET", path).is_some();
        let shortcuts = SHORTCUTS.into_iter().filter_map(|(name, paths)| {
            let path = paths.iter().find(is_there)?;
            Some((name, *path))
        });
        Ok(Self {
            account: visitor.account.name.clone(),
            lead: format!("Signed in as {}, {role}.", visitor.user.name),
            tenants: count(figures.tally.tenants),
            extensions: count(figures.tally.extensions),
            numbers: count(figures.tally.phone_numbers),
            people: count(figures.tally.people),
            minutes: grouped(&figures.minutes.0),
            status: ("positive", "Operational"),
            shortcuts: shortcuts.collect(),
            notice: None,
        })
    }
}

/// The pages.
pub(in crate::portal) fn routes() -> Router<Portal> {
    Router::new().route("/setup/hide", post(hide))
}

/// The first page of partners.
pub(in crate::portal) async fn show(
    guest: Guest,
    RawQuery(query): RawQuery,
) -> Result<Response, Fault> {
    debug_assert!(guest.may(Ability::Look));
    let app = guest.portal.app();
    let figures = app.dashboard(guest.partner_id()?).await?;
    let status = match app.is_ready().await {
        Ok(()) => ("positive", "Operational"),
        Err(_) => ("negative", "Outage"),
    };
    let notice = shell::notice(query.as_deref());
    let page = Dashboard { status, notice, ..Dashboard::of(&guest, &figures)? };
    Ok(shell::show(&guest, &page))
}

/// Puts the setup helper away until the browser is closed (CHK-06).
async fn hide(guest: Guest) -> Result<Response, Fault> {
    let back = guest.fields.get("back");
    let is_ours = back.starts_with('/') && !back.starts_with("//") && !back.contains('\\');
    let mut response = guest.go(if is_ours { back } else { "/" }).into_response();
    response.headers_mut().insert(header::SET_COOKIE, cookies::no_setup(&guest.here));
    Ok(response)
}
