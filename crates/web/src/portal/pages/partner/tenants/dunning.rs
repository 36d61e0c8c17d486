//! What happens about what a tenant owes: what was done, what is to come, what would be written
//! (BEY-14).
//!
//! Decided here: nothing but how it is shown. A promise to pay moves what is to come.

use app::{
    App,
    error::{AppError, FieldError},
    resource::{DunningMail, DunningStep, DunningTimeline},
};
use axum::{
    extract::{Path, RawQuery},
    response::Response,
};
use domain::{ids::TenantId, time::Day, user::Ability};
use maud::{Markup, html};

use super::{Head, reached};
use crate::{
    api::write::Outcome,
    portal::{
        change::Refusal,
        guest::{Fault, Guest},
        pages::partner::display,
        parts::{
            Column, Field, badge, card, crumbs, definitions, empty_state, other_errors, page_head,
            stat, stats, table_of, tone_of,
        },
        shell::{self, Frame, Page, told},
    },
};

/// A step as the timeline shows it.
#[derive(Debug, Clone)]
struct Row {
    day: String,
    step: &'static str,
    state: &'static str,
    invoice: (String, String),
    told: String,
}

/// An unpaid invoice.
#[derive(Debug, Clone)]
struct Unpaid {
    id: String,
    number: String,
    due_day: String,
    days: String,
    due: String,
}

/// The page.
#[derive(Debug, Clone)]
pub(in crate::portal) struct Dunning {
    head: Head,
    figures: Vec<(&'static str, String)>,
    unpaid: Vec<Unpaid>,
    steps: Vec<Row>,
    /// Until when and with which note it promised to pay.
    promise: Option<(String, String)>,
    policy: Vec<(&'static str, String)>,
    may_promise: Option<()>,
    typed: (String, String),
    errors: Vec<FieldError>,
    notice: Option<&'static str>,
}

impl Page for Dunning {
    fn title(&self) -> String {
        format!("{} · Dunning", self.head.name)
    }

    fn body(&self, frame: &Frame) -> Markup {
        html! {
            (told(self.notice))
            (self.head.render(frame, "/dunning"))
            (other_errors(&self.errors, &["until", "note"]))
            (stats("What is owed", &html! {
                @for (name, value) in &self.figures { (stat(frame, (name, value), None)) }
            }))
            (self.timeline(frame))
            (self.invoices(frame))
            div.halves {
                (self.promised(frame))
                (card(("policy", "Policy"), &Markup::default(), &{
                    let pairs: Vec<(&str, Markup)> = self.policy.iter()
                        .map(|(name, value)| (*name, html! { (value) })).collect();
                    definitions(&pairs)
                }))
            }
        }
    }

    fn samples() -> Vec<Self> {
        let row = |state| Row {
            day: "Jun 30, 2026".to_owned(),
            step: "Service is suspended",
            state,
            invoice: ("inv_00000000000000000000000001".to_owned(), "INV-<b>1</b>".to_owned()),
            told: "you and the tenant".to_owned(),
        };
        let unpaid = Unpaid {
            id: "inv_00000000000000000000000001".to_owned(),
            number: "INV-<i>1</i>".to_owned(),
            due_day: "Jun 16, 2026".to_owned(),
            days: "14".to_owned(),
            due: "$99.00".to_owned(),
        };
        let error = |field: &str| FieldError {
            field: field.to_owned(),
            message: "is not what it should be".to_owned(),
        };
        let full = Self {
            head: super::sample_head(domain::tenant::TenantStatus::Active),
            figures: vec![("Overdue", "$99.00".to_owned())],
            unpaid: vec![unpaid],
            steps: vec![row("done"), row("missed"), row("planned")],
            promise: Some(("Jul 31, 2026".to_owned(), "<script>".to_owned())),
            policy: vec![("Flagged", "7 days after the due date".to_owned())],
            may_promise: Some(()),
            typed: ("2026-07-31".to_owned(), "\"><script>".to_owned()),
            errors: vec![error("until"), error("note"), error("")],
            notice: Some("Saved."),
        };
        let none = Self {
            unpaid: Vec::new(),
            steps: Vec::new(),
            promise: None,
            may_promise: None,
            errors: Vec::new(),
            notice: None,
            ..full.clone()
        };
        vec![full, none]
    }
}

impl Dunning {
    fn timeline(&self, frame: &Frame) -> Markup {
        let columns = [
            Column::text("Day"),
            Column::text("What happens"),
            Column::text("State"),
            Column::text("Invoice"),
            Column::text("Who is told"),
        ];
        let path = format!("/tenants/{}/dunning/mails", self.head.id);
        let mails = html! {
            @if !self.unpaid.is_empty() {
                a.button.small href=(frame.path(&path)) {
                    "Preview mails"
                }
            }
        };
        card(
            ("timeline", "Timeline"),
            &mails,
            &html! {
                @if self.steps.is_empty() {
                    (empty_state("Nothing to do",
                        "It owes nothing. Steps appear here once an invoice is unpaid."))
                } @else {
                    (table_of((frame, "Timeline"), &columns, &html! {
                        @for row in &self.steps {
                            tr {
                                th scope="row" { (row.day) }
                                td { (row.step) }
                                td { (badge(tone_of(row.state), row.state)) }
                                td {
                                    @let (id, number) = &row.invoice;
                                    @let path = format!("/tenant-invoices/{id}");
                                    a href=(frame.path(&path)) { (number) }
                                }
                                td { (row.told) }
                            }
                        }
                    }))
                }
            },
        )
    }

    fn invoices(&self, frame: &Frame) -> Markup {
        let columns = [
            Column::text("Invoice"),
            Column::text("Due date"),
            Column::amount("Days overdue"),
            Column::amount("Due"),
        ];
        html! {
            @if !self.unpaid.is_empty() {
                (card(("unpaid", "Unpaid invoices"), &Markup::default(),
                    &table_of((frame, "Unpaid invoices"), &columns, &html! {
                        @for it in &self.unpaid {
                            tr {
                                th scope="row" {
                                    a href=(frame.path(&format!("/tenant-invoices/{}", it.id))) {
                                        (it.number)
                                    }
                                }
                                td { (it.due_day) }
                                td.amount { (it.days) }
                                td.amount { (it.due) }
                            }
                        }
                    })))
            }
        }
    }

    fn promised(&self, frame: &Frame) -> Markup {
        let path = |what: &str| frame.path(&format!("/tenants/{}/dunning/{what}", self.head.id));
        card(
            ("promise", "Promise to pay"),
            &Markup::default(),
            &html! {
                div.inside {
                    @if let Some((until, note)) = &self.promise {
                        p { "It promised to pay by " strong { (until) } ". It pauses until then." }
                        @if !note.is_empty() { p.quietly { (note) } }
                        @if self.may_promise.is_some() {
                            form method="post" action=(path("clear")) {
                                (frame.seal())
                                button.button.small type="submit" { "Take the promise back" }
                            }
                        }
                    } @else if self.unpaid.is_empty() {
                        p.quietly { "It owes nothing that it could promise to pay." }
                    } @else {
                        p.quietly { "A promise pauses every step until its day has passed." }
                    }
                    @if self.may_promise.is_some() && !self.unpaid.is_empty() {
                        form method="post" action=(path("promise")) {
                            (frame.seal())
                            (Field::day("until", "Pays by").value(&self.typed.0)
                                .errors(&self.errors).render())
                            (Field::text("note", "Note").value(&self.typed.1).errors(&self.errors)
                                .optional().render())
                            button.primary type="submit" { "Save promise" }
                        }
                    }
                }
            },
        )
    }

    fn of(guest: &Guest, head: Head, timeline: &DunningTimeline) -> Self {
        let numbers = |id: &str| {
            let found = timeline.unpaid_invoices.iter().find(|it| it.id.to_string() == id);
            let number = found.and_then(|it| it.number.clone());
            number.unwrap_or_else(|| "Invoice".to_owned())
        };
        let unpaid = timeline.unpaid_invoices.iter().map(|it| Unpaid {
            id: it.id.to_string(),
            number: it.number.clone().unwrap_or_default(),
            due_day: it.due_date.display(),
            days: it.days_overdue.to_string(),
            due: display(it.currency, &it.amount_due),
        });
        let steps = timeline.steps.iter().map(|step| row(step, &numbers));
        let policy = &timeline.policy;
        let days = |days: u16| format!("{days} days after the due date");
        let suspension = match policy.suspension.as_str() {
            "manual" => "Never by itself".to_owned(),
            _ => days(policy.suspend_after_days),
        };
        let who = |is_told: bool| if is_told { "Yes" } else { "No" }.to_owned();
        Self {
            head,
            figures: vec![
                ("Overdue", display(timeline.currency, &timeline.amount_overdue)),
                ("Days overdue", timeline.days_overdue.to_string()),
            ],
            unpaid: unpaid.collect(),
            steps: steps.collect(),
            promise: timeline.promise.as_ref().map(|it| (it.until.display(), it.note.clone())),
            policy: vec![
                ("Flagged", days(policy.flag_after_days)),
                ("Suspended", suspension),
                ("Reminds the tenant", who(policy.remind_tenant)),
                ("Tells the tenant of suspension", who(policy.tell_tenant_of_suspension)),
            ],
            may_promise: guest.may(Ability::Change).then_some(()),
            typed: Default::default(),
            errors: Vec::new(),
            notice: None,
        }
    }
}

fn row(step: &DunningStep, number: &impl Fn(&str) -> String) -> Row {
    let id = step.invoice_id.to_string();
    let told: Vec<&str> = step
        .told
        .iter()
        .map(|who| match *who {
            "partner" => "you",
            _ => "the tenant",
        })
        .collect();
    Row {
        day: step.date.display(),
        step: match step.step {
            "payment_retry" => "The card is charged again",
            "reminder" => "A reminder is sent",
            "flag" => "The tenant is flagged",
            "suspend" => "Service is suspended",
            other => other,
        },
        state: step.state,
        invoice: (id.clone(), number(&id)),
        told: if told.is_empty() { "nobody".to_owned() } else { told.join(" and ") },
    }
}

async fn page(guest: &Guest, id: &str) -> Result<Dunning, Fault> {
    let (partner_id, tenant) = reached(guest, id).await?;
    let timeline = guest.portal.app().dunning_timeline(partner_id, tenant.tenant_id).await?;
    Ok(Dunning::of(guest, Head::of(guest, &tenant), &timeline))
}

pub(super) async fn show(
    guest: Guest,
    Path(id): Path<String>,
    RawQuery(query): RawQuery,
) -> Result<Response, Fault> {
    let notice = shell::notice(query.as_deref());
    Ok(shell::show(&guest, &Dunning { notice, ..page(&guest, &id).await? }))
}

/// Does `work` on the tenant's timeline with its audit entry, and shows what came of it.
async fn changed<F>(
    guest: &Guest,
    (id, action): (&str, &'static str),
    work: F,
) -> Result<Response, Fault>
where
    F: AsyncFn(&App, TenantId) -> Result<DunningTimeline, AppError> + Send + 'static,
{
    let (_, tenant) = reached(guest, id).await?;
    let tenant_id = tenant.tenant_id;
    let done = guest
        .write(async move |app: &App| {
            let outcome = Outcome::ok(&work(app, tenant_id).await?)?;
            Ok(outcome.audited(action, tenant_id, None::<&()>)?.about(tenant_id))
        })
        .await?;
    let Err(error) = done else {
        return Ok(guest.go(&format!("/tenants/{id}/dunning?done=saved")));
    };
    let Refusal { status, errors, .. } = Refusal::of(error)?;
    let typed = (guest.fields.typed("until", 10), guest.fields.typed("note", 254));
    let page = Dunning { errors, typed, ..page(guest, id).await? };
    Ok(shell::with_status(guest, status, &page))
}

pub(super) async fn promise(guest: Guest, Path(id): Path<String>) -> Result<Response, Fault> {
    let partner_id = guest.partner_id()?;
    let until = Day::parse(guest.fields.get("until")).ok();
    let note = guest.fields.get("note").to_owned();
    changed(&guest, (&id, "tenant.promise"), async move |app, tenant_id| {
        let wrong = || AppError::invalid("until", "must be a day such as 2026-07-31");
        let until = until.ok_or_else(wrong)?;
        app.promise_to_pay((partner_id, tenant_id), (until, &note)).await
    })
    .await
}

pub(super) async fn clear(guest: Guest, Path(id): Path<String>) -> Result<Response, Fault> {
    let partner_id = guest.partner_id()?;
    changed(&guest, (&id, "tenant.promise_cleared"), async move |app, tenant_id| {
        app.clear_promise(partner_id, tenant_id).await
    })
    .await
}

/// The mails of dunning as they would be sent now.
#[derive(Debug, Clone)]
pub(in crate::portal) struct Previews {
    id: String,
    name: String,
    mails: Vec<DunningMail>,
}

impl Page for Previews {
    fn title(&self) -> String {
        format!("{} · Dunning mails", self.name)
    }

    fn body(&self, frame: &Frame) -> Markup {
        html! {
            (crumbs(frame, &format!("/tenants/{}/dunning", self.id), "Dunning"))
            (page_head(&format!("Mails about what {} owes", self.name),
                "As they would be sent now.", &Markup::default()))
            @for (index, mail) in self.mails.iter().enumerate() {
                @let id = format!("mail-{index}");
                @let state = if mail.is_sent { badge("positive", "sent by your policy") }
                    else { badge("quiet", "not sent by your policy") };
                (card((&id, letter(mail.letter)), &state, &html! {
                    (definitions(&[
                        ("From", html! { (mail.sender) }),
                        ("To", html! { (mail.recipient) }),
                        ("Subject", html! { (mail.subject) }),
                    ]))
                    div.inside { pre.mail { (mail.body) } }
                }))
            }
        }
    }

    fn samples() -> Vec<Self> {
        let mail = |is_sent| DunningMail {
            letter: "reminder",
            to: "tenant",
            is_sent,
            sender: "Oak <b>Voice</b> <a@b.example>".to_owned(),
            recipient: "books@acme.example".to_owned(),
            subject: "Reminder: <script>".to_owned(),
            body: "Hello,\n\n<b>pay</b>".to_owned(),
        };
        let id = "tnt_00000000000000000000000001".to_owned();
        vec![Self { id, name: "<b>Smith</b>".to_owned(), mails: vec![mail(true), mail(false)] }]
    }
}

fn letter(name: &'static str) -> &'static str {
    match name {
        "reminder" => "Reminder to the tenant",
        "flagged" => "The tenant is flagged, to you",
        "suspended" => "The tenant is suspended, to you",
        "interrupted" => "Service is interrupted, to the tenant",
        other => other,
    }
}

pub(super) async fn mails(guest: Guest, Path(id): Path<String>) -> Result<Response, Fault> {
    let (partner_id, tenant) = reached(&guest, &id).await?;
    let mails = guest.portal.app().dunning_mails(partner_id, tenant.tenant_id).await?;
    Ok(shell::show(&guest, &Previews { id, name: tenant.name, mails }))
}
