//! The shell around every page: brand, navigation, the person's menu, the banner of who acts for
//! somebody else.
//!
//! Decided here: titles read `<Brand> — <Page>` (DSH-11); the platform's name is nowhere but in its
//! own portal (LAY-04); whoever manages another account sees so on every page and can leave it from
//! there (TNT-22). Strings are ready when they get here.

use app::people::OpenAccount;
use axum::{
    http::StatusCode,
    response::{IntoResponse, Response},
};
use domain::{
    partner::PartnerStatus,
    sign_in::Stage,
    tenant::TenantStatus,
    time::Timestamp,
    user::{Layer, Theme},
};
use maud::{DOCTYPE, Markup, html};

use super::{
    change,
    guest::{CSRF_FIELD, Guest},
    nav::{self, Item, Menu},
    parts::alert,
    rules::is_open_in_suspension,
    setup::Checklist,
};

/// A page: what it is called and what it shows.
pub(crate) trait Page {
    /// What stands in the tab and above the page.
    fn title(&self) -> String;
    /// Everything inside the shell.
    fn body(&self, frame: &Frame) -> Markup;
    /// Worth looking at: long names, empty lists, an error on every field.
    #[allow(dead_code, reason = "only tests render them")]
    fn samples() -> Vec<Self>
    where
        Self: Sized;
}

/// What the shell shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Frame {
    pub(crate) base: String,
    pub(crate) brand: String,
    pub(crate) logo: Option<String>,
    pub(crate) support: String,
    pub(crate) color: String,
    pub(crate) csrf: String,
    /// The page's own path.
    pub(crate) at: String,
    pub(crate) theme: Theme,
    pub(crate) person: Option<Person>,
    /// What a partner still has to set up.
    pub(crate) setup: Option<Checklist>,
}

/// Who is signed in, as the shell shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Person {
    pub(crate) name: String,
    pub(crate) email: String,
    pub(crate) role: &'static str,
    pub(crate) account: String,
    /// The navigation; empty until the address is confirmed.
    pub(crate) menus: Vec<Menu>,
    /// Which layer is managed, where it is not the own account.
    pub(crate) acting: Option<Layer>,
    pub(crate) is_suspended: bool,
    /// How a partner's own account stands, where its people should know.
    pub(crate) standing: Option<String>,
}

/// What a partner's people should know about their account on every page (DSH-03).
fn account_notice(account: &OpenAccount, now: Timestamp) -> Option<String> {
    match account.trial_days_left(now) {
        Some(0) => return Some("Your trial ends now.".to_owned()),
        Some(1) => return Some("Your trial ends within a day.".to_owned()),
        Some(days) => return Some(format!("{days} days of your trial are left.")),
        None => {}
    }
    match account.partner_status? {
        PartnerStatus::Suspended => {
            Some("Your account is suspended: calls of your tenants do not go through.".to_owned())
        }
        PartnerStatus::PastDue => {
            Some("Your platform fee is unpaid. Service stops unless it is paid soon.".to_owned())
        }
        PartnerStatus::Paused => Some("Your account is paused.".to_owned()),
        _ => None,
    }
}

impl Frame {
    /// The shell of a request.
    pub(crate) fn of(guest: &Guest) -> Self {
        let face = &guest.here.face;
        let visitor = guest.visitor.as_ref().filter(|it| it.session.stage == Stage::Full);
        let person = visitor.map(|visitor| {
            let standing = visitor.session.standing;
            let is_verified = visitor.user.verified_at.is_some();
            let is_suspended = visitor.account.tenant_status == Some(TenantStatus::Suspended);
            let mut menus = if is_verified { nav::menus(standing) } else { Vec::new() };
            if is_suspended && !standing.is_acting() {
                // What is closed for them is not offered.
                menus.retain(
                    |menu| matches!(menu, Menu::Page(item) if is_open_in_suspension(item.path)),
                );
            }
            Person {
                name: visitor.user.name.clone(),
                email: visitor.user.email.to_string(),
                role: standing.role().title(),
                account: visitor.account.name.clone(),
                menus,
                acting: standing.is_acting().then(|| standing.account().layer()),
                is_suspended,
                standing: account_notice(&visitor.account, guest.portal.app().clock.now()),
            }
        });
        Self {
            base: guest.here.base.clone(),
            brand: face.name.clone(),
            logo: face.logo.as_ref().map(|(hash, _)| hash.clone()),
            support: face.support_email.clone(),
            color: face.color.clone(),
            csrf: guest.csrf.to_string(),
            at: guest.path.to_string(),
            theme: visitor.map_or(Theme::System, |visitor| visitor.user.theme),
            person,
            setup: guest.setup.as_deref().map(Checklist::of),
        }
    }

    /// A path of this place.
    pub(crate) fn path(&self, path: &str) -> String {
        format!("{}{path}", self.base)
    }

    /// What each form that changes something carries.
    pub(crate) fn seal(&self) -> Markup {
        html! { input type="hidden" name=(CSRF_FIELD) value=(self.csrf); }
    }

    /// The whole document around `body`.
    pub(crate) fn document(&self, title: &str, body: &Markup) -> Markup {
        let theme = match self.theme {
            Theme::System => None,
            theme => Some(theme.as_str()),
        };
        let narrow = self.person.is_none();
        let brand_css = format!("/brand.css?{}", self.color.trim_start_matches('#'));
        html! {
            (DOCTYPE)
            html lang="en" data-theme=[theme] {
                head {
                    meta charset="utf-8";
                    meta name="viewport" content="width=device-width, initial-scale=1";
                    meta name="color-scheme" content="light dark";
                    title { (self.brand) " — " (title) }
                    link rel="stylesheet" href="/assets/app.css";
                    link rel="stylesheet" href="/assets/portal.css";
                    link rel="stylesheet" href=(self.path(&brand_css));
                    @if let Some(hash) = &self.logo {
                        link rel="icon" href=(self.path(&format!("/logo?{hash}")));
                    } @else {
                        link rel="icon" type="image/svg+xml" href="/assets/icon.svg";
                    }
                }
                body.alone[narrow] {
                    a.skip href="#main" { "Skip to content" }
                    @if let Some(person) = &self.person { (self.banner(person)) }
                    (self.header())
                    main id="main" tabindex="-1" { (body) }
                    @if let Some(setup) = &self.setup { (setup.render(self)) }
                    (self.footer())
                }
            }
        }
    }

    fn banner(&self, person: &Person) -> Markup {
        html! {
            @if let Some(layer) = person.acting {
                div.acting role="status" {
                    p {
                        @if layer == Layer::Tenant { "Tenants › " } @else { "Partners › " }
                        strong { (person.account) }
                        span.quietly { " You act here as yourself, " (person.name) "." }
                    }
                    form method="post" action=(self.path("/act/leave")) {
                        (self.seal())
                        button.button.small type="submit" { "Leave" }
                    }
                }
            }
            @if let Some(text) = &person.standing {
                div.standing role="status" { p { (text) } }
            }
        }
    }

    fn header(&self) -> Markup {
        let acting = self.person.as_ref().is_some_and(|person| person.acting.is_some());
        html! {
            header.top {
                @if acting {
                    form method="post" action=(self.path("/act/leave")) {
                        (self.seal())
                        button.home type="submit" { (self.brand_mark()) }
                    }
                } @else {
                    a.home href=(self.path("/")) { (self.brand_mark()) }
                }
                @if let Some(person) = &self.person {
                    @if !person.menus.is_empty() {
                        nav.wide aria-label="Main" { (self.bar(person)) }
                    }
                    (self.menu(person))
                    @if !person.menus.is_empty() {
                        details.hamburger {
                            summary aria-label="Menu" { span aria-hidden="true" { "☰" } }
                            nav aria-label="Main" { (self.outline(person)) }
                        }
                    }
                }
            }
        }
    }

    fn brand_mark(&self) -> Markup {
        html! {
            @if let Some(hash) = &self.logo {
                img.logo src=(self.path(&format!("/logo?{hash}"))) alt="" height="32";
            }
            span { (self.brand) }
        }
    }

    /// The navigation of wide screens: menus open by hover, click and keyboard, one at a time. The
    /// list stands beside its switch, not in it, so that hovering alone can show it.
    fn bar(&self, person: &Person) -> Markup {
        let here = nav::here(&person.menus, &self.at);
        html! {
            ul {
                @for menu in &person.menus {
                    @match menu {
                        Menu::Page(item) => li { (self.link(*item, here)) },
                        Menu::Group(name, items) => li.drop {
                            @let inside = items.iter().any(|item| Some(item.path) == here);
                            details name="main" {
                                summary.inside[inside] { (name) }
                            }
                            ul.sheet { @for item in items { li { (self.link(*item, here)) } } }
                        },
                    }
                }
            }
        }
    }

    /// The navigation of narrow screens: everything at once.
    fn outline(&self, person: &Person) -> Markup {
        let here = nav::here(&person.menus, &self.at);
        html! {
            ul {
                @for menu in &person.menus {
                    @match menu {
                        Menu::Page(item) => li { (self.link(*item, here)) },
                        Menu::Group(name, items) => li {
                            span.group { (name) }
                            ul { @for item in items { li { (self.link(*item, here)) } } }
                        },
                    }
                }
            }
        }
    }

    fn link(&self, item: Item, here: Option<&str>) -> Markup {
        let current = match here {
            Some(path) if path == self.at && path == item.path => Some("page"),
            Some(path) if path == item.path => Some("true"),
            _ => None,
        };
        html! { a href=(self.path(item.path)) aria-current=[current] { (item.name) } }
    }

    fn menu(&self, person: &Person) -> Markup {
        let label = format!("Account menu of {}", person.name);
        html! {
            details.me {
                summary aria-label=(label) { span aria-hidden="true" { (initials(&person.name)) } }
                div.sheet {
                    p { strong { (person.name) } }
                    p.quietly { (person.email) }
                    p.quietly { (person.role) " · " (person.account) }
                    @if !person.menus.is_empty() {
                        a.entry href=(self.path("/profile")) { "Profile" }
                        (self.themes())
                    }
                    form method="post" action=(self.path("/sign-out")) {
                        (self.seal())
                        button.entry type="submit" { "Sign out" }
                    }
                }
            }
        }
    }

    fn themes(&self) -> Markup {
        html! {
            form.themes method="post" action=(self.path("/profile/theme")) {
                (self.seal())
                input type="hidden" name="back" value=(self.at);
                fieldset {
                    legend { "Theme" }
                    @for theme in Theme::ALL {
                        @let is_on = if theme == self.theme { "true" } else { "false" };
                        button type="submit" name="theme" value=(theme.as_str())
                            aria-pressed=(is_on) { (theme_name(theme)) }
                    }
                }
            }
        }
    }

    fn footer(&self) -> Markup {
        html! {
            footer.foot {
                p {
                    (self.brand)
                    @if !self.support.is_empty() {
                        " · "
                        a href={ "mailto:" (self.support) } { (self.support) }
                    }
                }
            }
        }
    }
}

/// A theme's name, for people.
pub(super) const fn theme_name(theme: Theme) -> &'static str {
    match theme {
        Theme::System => "System",
        Theme::Light => "Light",
        Theme::Dark => "Dark",
    }
}

/// The first letters of the first and the last word.
fn initials(name: &str) -> String {
    let words: Vec<&str> = name.split_whitespace().collect();
    let first = words.first().and_then(|word| word.chars().next());
    let last = words.iter().skip(1).next_back().and_then(|word| word.chars().next());
    let both: String = [first, last].into_iter().flatten().collect();
    both.to_uppercase()
}

/// A page in its shell.
pub(crate) fn show(guest: &Guest, page: &impl Page) -> Response {
    with_status(guest, StatusCode::OK, page)
}

/// The same with a status that says what is wrong with what was sent.
pub(crate) fn with_status(guest: &Guest, status: StatusCode, page: &impl Page) -> Response {
    let frame = Frame::of(guest);
    (status, frame.document(&page.title(), &page.body(&frame))).into_response()
}

/// A page that says what is wrong.
pub(super) fn problem(guest: &Guest, status: StatusCode, (title, text): (&str, &str)) -> Response {
    let frame = Frame::of(guest);
    let body = html! {
        section.empty {
            p.code { (status.as_u16()) }
            h1 { (title) }
            p { (text) }
            p { a.button href=(frame.path("/")) { "Go to the start" } }
        }
    };
    (status, frame.document(title, &body)).into_response()
}

/// What happened before the page, told once by the address that led here.
pub(crate) fn notice(query: Option<&str>) -> Option<&'static str> {
    const NOTICES: &[(&str, &str)] = &[
        ("saved", "Saved."),
        ("signed-out", "You are signed out."),
        ("password", "Your password was changed. Other sessions were ended."),
        ("set", "Your password is set. Sign in with it."),
        ("email", "Your address was changed. Confirm it with the link that we sent."),
        ("verified", "Your address is confirmed."),
        ("sent", "A new link is on its way."),
        ("ended", "Signed out there."),
        ("two-factor-off", "Two-factor sign-in is off."),
        ("invited", "The invitation is on its way."),
        ("removed", "Removed. Open sessions were ended."),
        ("role", "The role was changed."),
        ("left", "You are back."),
        ("team-out", "Everybody of this partner's team is signed out."),
        ("expired", "Please sign in again."),
        ("created", "Created."),
        ("issued", "Issued. The tenant gets it by mail."),
        ("voided", "The draft is void."),
        ("mailed", "The mail is on its way."),
        ("paid", "The payment is written down."),
        ("charged", "The charge was made; see below what came of it."),
        ("credited", "The credit is given."),
        ("refunded", "The refund was asked for; see below what came of it."),
        ("deleted", "Deleted. It can be brought back for 90 days."),
        ("suspended", "Service is suspended."),
        ("resumed", "Service is on again."),
        ("activated", "Billing begins now."),
        ("reactivated", "It is back, suspended. Resume service when it is ready."),
    ];
    let done = query?.split('&').find_map(|pair| pair.strip_prefix("done="))?;
    NOTICES.iter().chain(change::NOTICES).find(|(code, _)| *code == done).map(|(_, text)| *text)
}

/// The notice of an address, as a component.
pub(crate) fn told(notice: Option<&str>) -> Markup {
    html! { @if let Some(text) = notice { (alert("positive", text)) } }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn initials_are_the_first_and_last_words() {
        for (name, letters) in [
            ("Ada Lovelace", "AL"),
            ("Ada", "A"),
            ("ada king lovelace", "AL"),
            ("", ""),
            ("  Ödön  ", "Ö"),
        ] {
            assert_eq!(initials(name), letters);
        }
    }

    #[test]
    fn only_known_notices_are_told() {
        assert_eq!(notice(Some("a=b&done=saved")), Some("Saved."));
        assert_eq!(notice(Some("done=<script>")), None);
        assert_eq!(notice(None), None);
    }
}
