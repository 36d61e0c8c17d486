//! Every page with every sample: escaped, labelled, without scripts.

use app::dashboard::Setup;
use domain::user::{Layer, Theme};

use super::{
    code::Code,
    forgot::Forgot,
    link::SetPassword,
    operator,
    partner::{
        dashboard::Dashboard,
        decks,
        invoices::{CreditNoteForm, Detail, DraftForm, Invoices, PaidForm, RefundForm, Void},
        profiles, taxes,
        tenants::{
            Defaults, Delete, Dunning, InvoicesOf, Overview, PaymentsOf, Previews, Suspend,
            TenantForm, Tenants, UsageOf,
        },
    },
    profile::Profile,
    sign_in::SignIn,
    tenant,
    two_factor::{Codes, Enrol, Manage},
    users::{Remove, Users},
    verify::{Confirm, Waiting},
};
use crate::portal::{
    nav::{Item, Menu},
    setup::Checklist,
    shell::{Frame, Page, Person},
};

fn person(acting: Option<Layer>) -> Person {
    Person {
        name: "Ada <script>alert(1)</script> Lovelace".to_owned(),
        email: "ada@example.com".to_owned(),
        role: "Partner Admin",
        account: "Smith <b>Dental</b>".to_owned(),
        menus: vec![
            Menu::Page(Item { name: "Dashboard", path: "/" }),
            Menu::Group("Settings", vec![Item { name: "Users", path: "/users" }]),
        ],
        acting,
        is_suspended: false,
        standing: Some("13 days of your trial are left.".to_owned()),
    }
}

fn frames() -> Vec<Frame> {
    let frame = |person: Option<Person>, logo: Option<&str>| Frame {
        base: "/p/oak".to_owned(),
        brand: "Oak <i>Voice</i> & Co".to_owned(),
        logo: logo.map(str::to_owned),
        support: "help@oak.example".to_owned(),
        color: "#1f6feb".to_owned(),
        csrf: "0".repeat(64),
        at: "/users".to_owned(),
        theme: Theme::Dark,
        setup: person.is_some().then(|| Checklist::of(&Setup { done: Default::default() })),
        person,
    };
    vec![
        frame(None, None),
        frame(Some(person(None)), Some("00ff")),
        frame(Some(person(Some(Layer::Tenant))), Some("00ff")),
    ]
}

/// What stands in `name="…"` of each tag that begins with `tag`.
fn attributes<'a>(html: &'a str, tag: &str, name: &str) -> Vec<&'a str> {
    let opening = format!("<{tag}");
    let wanted = format!(" {name}=\"");
    let tags = html.split(opening.as_str()).skip(1).map(|it| it.split('>').next().unwrap());
    tags.filter_map(|it| it.split(wanted.as_str()).nth(1)?.split('"').next()).collect()
}

fn check<P: Page>() {
    for page in P::samples() {
        for frame in frames() {
            let html = frame.document(&page.title(), &page.body(&frame)).into_string();
            for never in ["<script", "style=", " on", "<b>", "<i>", "javascript:", "http://"] {
                let found = html.find(never).filter(|at| {
                    // " on" is an attribute only inside a tag.
                    never != " on" || html[..*at].rfind('<') > html[..*at].rfind('>')
                });
                assert_eq!(found, None, "{never} in {html}");
            }
            let called = maud::html! { (page.title()) }.into_string();
            let title = format!("<title>Oak &lt;i&gt;Voice&lt;/i&gt; &amp; Co — {called}");
            assert!(html.contains(&title), "{html}");
            assert_eq!(html.matches("<h1").count(), 1, "one heading: {html}");
            let ids = attributes(&html, "", "id");
            for (index, id) in ids.iter().enumerate() {
                assert!(!ids[..index].contains(id), "{id} twice");
            }
            for id in attributes(&html, "input", "id") {
                assert!(html.contains(&format!("for=\"{id}\"")), "{id} has no label");
            }
            for field in attributes(&html, "input", "aria-describedby") {
                assert!(ids.contains(&field), "{field} is not there");
            }
            for action in attributes(&html, "form", "action") {
                assert!(action.starts_with("/p/oak/"), "{action}");
            }
            let forms = html.matches("method=\"post\"").count();
            assert_eq!(html.matches("name=\"csrf\"").count(), forms, "a form without its proof");
            assert!(!html.contains("Trunkline"));
        }
    }
}

// BEY-17 DSH-11 AUT-10
#[test]
fn every_page_is_escaped_labelled_and_without_scripts() {
    check::<SignIn>();
    check::<Code>();
    check::<Forgot>();
    check::<SetPassword>();
    check::<Waiting>();
    check::<Confirm>();
    check::<Dashboard>();
    check::<Invoices>();
    check::<Detail>();
    check::<DraftForm>();
    check::<PaidForm>();
    check::<CreditNoteForm>();
    check::<RefundForm>();
    check::<Void>();
    check::<Tenants>();
    check::<TenantForm>();
    check::<Overview>();
    check::<UsageOf>();
    check::<InvoicesOf>();
    check::<PaymentsOf>();
    check::<Dunning>();
    check::<Previews>();
    check::<Suspend>();
    check::<Delete>();
    check::<Defaults>();
    check::<Profile>();
    check::<Enrol>();
    check::<Codes>();
    check::<Manage>();
    check::<Users>();
    check::<Remove>();
    check::<operator::OperatorHome>();
    check::<operator::Partners>();
    check::<operator::NewPartnerPage>();
    check::<operator::PartnerPage>();
    check::<operator::Suspend>();
    check::<operator::WalletPage>();
    check::<operator::TermsPage>();
    check::<operator::Rates>();
    check::<operator::Settlements>();
    check::<operator::Disputes>();
    check::<operator::DisputePage>();
    check::<operator::Imports>();
    check::<operator::Rejects>();
    check::<operator::RejectPage>();
    check::<operator::Jobs>();
    check::<operator::Deliveries>();
    check::<operator::ClockPage>();
    check::<operator::Health>();
    check::<operator::Audit>();
    check::<tenant::TenantHome>();
    check::<tenant::Suspended>();
    check::<tenant::Billing>();
    check::<tenant::Invoices>();
    check::<tenant::InvoicePage>();
    check::<tenant::LinePage>();
    check::<tenant::RemoveMethod>();
    check::<tenant::Payments>();
    check::<tenant::Receipt>();
    check::<tenant::Calls>();
    check::<tenant::Call>();
}

// BEY-17 DSH-11 AUT-10
#[test]
fn pages_of_a_partners_settings_are_so_too() {
    check::<profiles::Profiles>();
    check::<profiles::Versions>();
    check::<profiles::Editor>();
    check::<profiles::Delete>();
    check::<decks::Decks>();
    check::<decks::NewDeck>();
    check::<decks::Deck>();
    check::<decks::Difference>();
    check::<decks::Delete>();
    check::<taxes::Taxes>();
    check::<taxes::Edit>();
    check::<taxes::Delete>();
}
