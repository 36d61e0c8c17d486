//! An account's people: listed, invited, promoted, removed.
//!
//! Decided here: the same page for all three layers (USR-01). Only the people of the account that
//! is looked at are reached; anybody else's id leads nowhere. Removing asks once more.

use app::{
    App,
    error::{AppError, FieldError},
    people::{NewUser, UserFilter},
};
use axum::{
    extract::{Path, Query, RawQuery},
    http::StatusCode,
    response::Response,
};
use domain::{
    ids::UserId,
    paging::{Neighbour, Order, PageRequest, Side},
    time::{Timestamp, Zone},
    user::{Ability, Role, User, UserState},
};
use maud::{Markup, html};
use serde::Deserialize;

use crate::portal::{
    guest::{Fault, Guest},
    parts::{Field, badge, empty_state, other_errors, select},
    shell::{self, Frame, Page, told},
};

/// People on one page.
const SHOWN: u16 = 50;

/// A person as the list shows it.
#[derive(Debug, Clone)]
pub(in crate::portal) struct Row {
    pub(in crate::portal) id: String,
    pub(in crate::portal) version: i64,
    pub(in crate::portal) email: String,
    pub(in crate::portal) name: String,
    pub(in crate::portal) role: Role,
    pub(in crate::portal) verified: Option<()>,
    /// The word of an invitation that is not accepted.
    pub(in crate::portal) invited: Option<String>,
    pub(in crate::portal) last_login: String,
    pub(in crate::portal) created: String,
    pub(in crate::portal) is_oneself: Option<()>,
}

/// The list.
#[derive(Debug, Clone)]
pub(in crate::portal) struct Users {
    pub(in crate::portal) roles: [Role; 2],
    pub(in crate::portal) rows: Vec<Row>,
    pub(in crate::portal) search: String,
    pub(in crate::portal) more_after: Option<String>,
    pub(in crate::portal) may_manage: Option<()>,
    /// What was typed into the invitation.
    pub(in crate::portal) email: String,
    pub(in crate::portal) name: String,
    pub(in crate::portal) role: String,
    pub(in crate::portal) errors: Vec<FieldError>,
    pub(in crate::portal) notice: Option<&'static str>,
}

impl Page for Users {
    fn title(&self) -> String {
        "Users".to_owned()
    }

    fn body(&self, frame: &Frame) -> Markup {
        html! {
            h1 { "Users" }
            (told(self.notice))
            (other_errors(&self.errors, &["email", "name"]))
            form.search method="get" action=(frame.path("/users")) role="search" {
                label.unseen for="f-q" { "Search by name or email" }
                input id="f-q" name="q" type="search" value=(self.search) maxlength="100"
                    placeholder="Name or email";
                button.button type="submit" { "Search" }
            }
            section.card aria-label="People" {
                @if self.rows.is_empty() {
                    (empty_state("Nobody is found", "Try other words, or invite somebody below."))
                } @else {
                    (self.table(frame))
                }
                @if let Some(last) = &self.more_after {
                    footer { a href=(frame.path(&self.more(last))) { "Older ones" } }
                }
            }
            @if self.may_manage.is_some() { (self.invitation(frame)) }
        }
    }

    fn samples() -> Vec<Self> {
        let row = Row {
            id: "usr_00000000000000000000000001".to_owned(),
            version: 3,
            email: "someone.with.a.very.long.address@departments.example.com".to_owned(),
            name: "<b>Ada</b> & a name that goes on for longer than anybody expects".to_owned(),
            role: Role::PartnerAdmin,
            verified: Some(()),
            invited: None,
            last_login: "Nov 24, 2026, 18:05".to_owned(),
            created: "Nov 1, 2026, 08:00".to_owned(),
            is_oneself: Some(()),
        };
        let invited = Row {
            id: "usr_00000000000000000000000002".to_owned(),
            verified: None,
            invited: Some("Invited until Nov 30, 2026, 12:00".to_owned()),
            role: Role::PartnerUser,
            is_oneself: None,
            ..row.clone()
        };
        let full = Self {
            roles: [Role::PartnerAdmin, Role::PartnerUser],
            rows: vec![row, invited],
            search: "\"><script>".to_owned(),
            more_after: Some("usr_00000000000000000000000001".to_owned()),
            may_manage: Some(()),
            email: String::new(),
            name: String::new(),
            role: "partner_user".to_owned(),
            errors: Vec::new(),
            notice: Some("The role was changed."),
        };
        let errors = ["email", "name", "role"].map(|field| FieldError {
            field: field.to_owned(),
            message: "is not what it should be".to_owned(),
        });
        let wrong = Self { errors: errors.into(), email: "<b>".to_owned(), ..full.clone() };
        let none = Self { rows: Vec::new(), may_manage: None, more_after: None, ..full.clone() };
        vec![full, wrong, none]
    }
}

impl Users {
    fn more(&self, last: &str) -> String {
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        if !self.search.is_empty() {
            query.append_pair("q", &self.search);
        }
        query.append_pair("after", last);
        format!("/users?{}", query.finish())
    }

    fn table(&self, frame: &Frame) -> Markup {
        html! {
            div.scroll tabindex="0" role="region" aria-label="Users" {
                table {
                    thead {
                        tr {
                            th scope="col" { "Email" }
                            th scope="col" { "Name" }
                            th scope="col" { "Role" }
                            th scope="col" { "Email verified" }
                            th scope="col" { "Last login" }
                            th scope="col" { "Created" }
                            @if self.may_manage.is_some() { th scope="col" { "Actions" } }
                        }
                    }
                    tbody { @for row in &self.rows { (self.line(frame, row)) } }
                }
            }
        }
    }

    fn line(&self, frame: &Frame, row: &Row) -> Markup {
        html! {
            tr {
                th scope="row" { (row.email) }
                td { (row.name) @if row.is_oneself.is_some() { " " (badge("plain", "You")) } }
                td { (row.role.title()) }
                td {
                    @if row.verified.is_some() {
                        (badge("positive", "Verified"))
                    } @else {
                        (badge("warning", row.invited.as_deref().unwrap_or("Not yet")))
                    }
                }
                td { (row.last_login) }
                td { (row.created) }
                @if self.may_manage.is_some() { td.actions { (self.actions(frame, row)) } }
            }
        }
    }

    fn actions(&self, frame: &Frame, row: &Row) -> Markup {
        let path = |what: &str| frame.path(&format!("/users/{}/{what}", row.id));
        let other = self.roles.iter().find(|role| **role != row.role);
        html! {
            @if row.is_oneself.is_none() {
                @if let Some(role) = other {
                    form method="post" action=(path("role")) {
                        (frame.seal())
                        input type="hidden" name="role" value=(role.as_str());
                        input type="hidden" name="seen" value=(row.version);
                        button.button.small type="submit" {
                            "Make " (role.title()) span.unseen { ": " (row.email) }
                        }
                    }
                }
                @if row.invited.is_some() {
                    form method="post" action=(path("invitation")) {
                        (frame.seal())
                        button.button.small type="submit" {
                            "Invite again" span.unseen { ": " (row.email) }
                        }
                    }
                }
                a.button.small href=(path("remove")) {
                    "Remove" span.unseen { " " (row.email) }
                }
            }
        }
    }

    fn invitation(&self, frame: &Frame) -> Markup {
        let roles = self.roles.map(|role| (role.as_str(), role.title()));
        html! {
            section.card.form aria-labelledby="invite" {
                h2 id="invite" { "Invite User" }
                form method="post" action=(frame.path("/users")) {
                    (frame.seal())
                    (Field::email("email", "Email").value(&self.email)
                        .errors(&self.errors).render())
                    (Field::text("name", "Name").value(&self.name).errors(&self.errors).render())
                    (select(("role", "Role"), &roles, &self.role))
                    button.primary type="submit" { "Send Invite" }
                }
            }
        }
    }
}

/// Asks once more before somebody is removed.
#[derive(Debug)]
pub(in crate::portal) struct Remove {
    pub(in crate::portal) id: String,
    pub(in crate::portal) email: String,
    pub(in crate::portal) name: String,
}

impl Page for Remove {
    fn title(&self) -> String {
        "Remove user".to_owned()
    }

    fn body(&self, frame: &Frame) -> Markup {
        html! {
            section.panel {
                h1 { "Remove " (self.name) "?" }
                p { strong { (self.email) } " can no longer sign in and is signed out at once. "
                    "What was done stays in the audit log." }
                form method="post" action=(frame.path(&format!("/users/{}/remove", self.id))) {
                    (frame.seal())
                    button.danger type="submit" { "Remove" }
                }
                p.below { a href=(frame.path("/users")) { "Keep" } }
            }
        }
    }

    fn samples() -> Vec<Self> {
        let (id, name) = ("usr_00000000000000000000000001".to_owned(), "<b>Ada</b>".to_owned());
        vec![Self { id, email: "ada@example.com".to_owned(), name }]
    }
}

/// What may stand behind the question mark.
#[derive(Debug, Default, Deserialize)]
pub(in crate::portal) struct Parameters {
    q: Option<String>,
    after: Option<String>,
}

async fn page(guest: &Guest, parameters: Parameters) -> Result<Users, Fault> {
    let visitor = guest.visitor()?;
    let account = visitor.session.standing.account();
    let search = parameters.q.unwrap_or_default().trim().chars().take(100).collect::<String>();
    let filter = UserFilter {
        account: Some(account),
        tenants: None,
        search: (!search.is_empty()).then(|| search.clone()),
    };
    let from = parameters.after.map(|id| Neighbour { side: Side::After, key: None, id });
    let request = PageRequest { order: Order::Descending, limit: SHOWN, from };
    let found = guest.portal.app().users(account.partner(), filter, &request).await?;
    let zone = guest.zone()?.clone();
    let now = guest.portal.app().clock.now();
    let last = found.rows.last().map(|user| user.user_id.to_string());
    let row = |user: User| row((user, visitor.user.user_id), (&zone, now));
    let roles = Role::of(account.layer());
    Ok(Users {
        roles,
        more_after: last.filter(|_| found.has_more),
        rows: found.rows.into_iter().map(row).collect(),
        search,
        may_manage: guest.may(Ability::ManageUsers).then_some(()),
        email: String::new(),
        name: String::new(),
        role: roles[1].as_str().to_owned(),
        errors: Vec::new(),
        notice: None,
    })
}

fn row((user, own): (User, UserId), (zone, now): (&Zone, Timestamp)) -> Row {
    let invited = (user.state == UserState::Invited).then(|| match user.invited_until {
        Some(until) if now < until => format!("Invited until {}", zone.display_minute(until)),
        _ => "Invitation expired".to_owned(),
    });
    let never = || "Never".to_owned();
    Row {
        is_oneself: (user.user_id == own).then_some(()),
        id: user.user_id.to_string(),
        version: user.version,
        email: user.email.to_string(),
        name: user.name,
        role: user.role,
        verified: user.verified_at.map(|_| ()),
        invited,
        last_login: user.last_login_at.map_or_else(never, |at| zone.display_minute(at)),
        created: zone.display_minute(user.created_at),
    }
}

pub(in crate::portal) async fn list(
    guest: Guest,
    Query(parameters): Query<Parameters>,
    RawQuery(query): RawQuery,
) -> Result<Response, Fault> {
    let notice = shell::notice(query.as_deref());
    Ok(shell::show(&guest, &Users { notice, ..page(&guest, parameters).await? }))
}

/// The page again with what is wrong with it.
async fn again(
    guest: &Guest,
    (status, errors): (StatusCode, Vec<FieldError>),
) -> Result<Response, Fault> {
    let typed = |name: &str| -> String { guest.fields.get(name).chars().take(254).collect() };
    let page = Users {
        email: typed("email"),
        name: typed("name"),
        role: typed("role"),
        errors,
        ..page(guest, Parameters::default()).await?
    };
    Ok(shell::with_status(guest, status, &page))
}

/// On to the list, or the list with what is wrong.
async fn outcome(
    guest: &Guest,
    outcome: Result<(), AppError>,
    done: &str,
) -> Result<Response, Fault> {
    match outcome {
        Ok(()) => Ok(guest.go(&format!("/users?done={done}"))),
        Err(AppError::Invalid(errors)) => {
            again(guest, (StatusCode::UNPROCESSABLE_ENTITY, errors)).await
        }
        Err(AppError::Refused(message)) => {
            let error = FieldError { field: String::new(), message };
            again(guest, (StatusCode::CONFLICT, vec![error])).await
        }
        Err(error) => Err(error.into()),
    }
}

pub(in crate::portal) async fn invite(guest: Guest) -> Result<Response, Fault> {
    let (asking, account) = (guest.asking()?, guest.standing()?.account());
    let fields = &guest.fields;
    let Some(role) = Role::parse(fields.get("role")) else { return Err(Fault::Nowhere) };
    let (email, name) = (fields.get("email").to_owned(), fields.get("name").to_owned());
    let new = NewUser { email, name, role };
    let work = async move |app: App| {
        let about = ("user.invite", account.tenant());
        app.noted(&asking, about, async |app| {
            Ok(app.invite_user(account, &new).await?.user_id.to_string())
        })
        .await
    };
    outcome(&guest, guest.portal.run(work).await, "invited").await
}

/// The person with this id, if it belongs to the account that is looked at.
async fn reached(guest: &Guest, id: &str) -> Result<User, Fault> {
    let user_id: UserId = id.parse().map_err(|_| Fault::Nowhere)?;
    let account = guest.standing()?.account();
    let user = guest.portal.app().user(account.partner(), user_id).await?;
    if user.account == account { Ok(user) } else { Err(Fault::Nowhere) }
}

pub(in crate::portal) async fn role(
    guest: Guest,
    Path(id): Path<String>,
) -> Result<Response, Fault> {
    let user = reached(&guest, &id).await?;
    let Some(role) = Role::parse(guest.fields.get("role")) else { return Err(Fault::Nowhere) };
    let seen: i64 = guest.fields.get("seen").parse().unwrap_or(-1);
    let (asking, asker) = (guest.asking()?, guest.visitor()?.user.user_id);
    let work = async move |app: App| {
        let (owner, about) = (user.account.partner(), ("user.role", user.account.tenant()));
        app.noted(&asking, about, async |app| {
            app.set_role((owner, Some(asker)), (user.user_id, seen), role).await?;
            Ok(user.user_id.to_string())
        })
        .await
    };
    outcome(&guest, guest.portal.run(work).await, "role").await
}

pub(in crate::portal) async fn invite_again(
    guest: Guest,
    Path(id): Path<String>,
) -> Result<Response, Fault> {
    let user = reached(&guest, &id).await?;
    let asking = guest.asking()?;
    let work = async move |app: App| {
        let about = ("user.invite_again", user.account.tenant());
        app.noted(&asking, about, async |app| {
            app.invite_again(user.account.partner(), user.user_id).await?;
            Ok(user.user_id.to_string())
        })
        .await
    };
    outcome(&guest, guest.portal.run(work).await, "invited").await
}

pub(in crate::portal) async fn ask_remove(
    guest: Guest,
    Path(id): Path<String>,
) -> Result<Response, Fault> {
    let user = reached(&guest, &id).await?;
    let page = Remove { id, email: user.email.to_string(), name: user.name };
    Ok(shell::show(&guest, &page))
}

pub(in crate::portal) async fn remove(
    guest: Guest,
    Path(id): Path<String>,
) -> Result<Response, Fault> {
    let user = reached(&guest, &id).await?;
    let (asking, asker) = (guest.asking()?, guest.visitor()?.user.user_id);
    let work = async move |app: App| {
        let (owner, about) = (user.account.partner(), ("user.remove", user.account.tenant()));
        app.noted(&asking, about, async |app| {
            app.remove_user((owner, Some(asker)), user.user_id).await?;
            Ok(user.user_id.to_string())
        })
        .await
    };
    outcome(&guest, guest.portal.run(work).await, "removed").await
}
