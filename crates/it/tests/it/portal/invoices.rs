//! Invoices of a partner's tenants on pages: listed, written, issued, paid, given back.

use app::invoices::{InvoiceFilter, InvoiceSort};
use domain::{
    invoice::{issued::Invoice, status::InvoiceStatus},
    money::Minor,
    paging::PageRequest,
    user::Role,
};
use rstest::rstest;

use crate::harness::{Browser, Engine, People};

const HOSTILE: &str = "<script>alert(1)</script>";

impl People {
    /// The invoices of the first partner, newest first.
    async fn invoices(&self) -> Vec<Invoice> {
        let page = PageRequest::newest(200);
        let by = (InvoiceSort::Created, &page);
        let id = self.partner.partner_id;
        self.world.app.invoice_page(id, InvoiceFilter::default(), by).await.unwrap().rows
    }
}

/// What a hidden field of a page holds.
fn field(page: &str, name: &str) -> String {
    let found = page.split(&format!("name=\"{name}\" value=\"")).nth(1);
    let found = found.unwrap_or_else(|| panic!("no {name} in {page}"));
    found.split('"').next().unwrap().to_owned()
}

/// Writes an invoice of one line and answers the path of its page.
async fn drafted(browser: &mut Browser<'_>, (tenant, price): (&str, &str)) -> String {
    let form = browser.get("/tenant-invoices/new").await.expect(200).text();
    let once = field(&form, "once");
    let fields = [
        ("once", once.as_str()),
        ("tenant", tenant),
        ("rows", "3"),
        ("lines.1.description", "Installation"),
        ("lines.1.quantity", "1"),
        ("lines.1.unit_price", price),
        ("notes", "Thank you"),
    ];
    let answer = browser.post("/tenant-invoices", &fields).await.expect(303);
    answer.header("location").split('?').next().unwrap().to_owned()
}

/// Presses a button of an invoice's page.
async fn act(browser: &mut Browser<'_>, (path, what): (&str, &str)) -> (u16, String) {
    let page = browser.get(path).await.expect(200).text();
    let fields = [("seen", field(&page, "seen")), ("once", field(&page, "once"))];
    let fields = fields.each_ref().map(|(name, value)| (*name, value.as_str()));
    let answer = browser.post(&format!("{path}/{what}"), &fields).await;
    (answer.status.as_u16(), answer.text())
}

// INV-14 INV-23 INV-11
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn an_invoice_is_written_as_a_draft_once_and_issued(#[case] engine: Engine) {
    let Some(people) = People::fresh(engine).await else { return };
    let mut browser = people.signed_in(Role::PartnerAdmin).await;
    let form = browser.get("/tenant-invoices/new").await.expect(200).text();
    assert!(form.contains("<option value=\"ACME\">ACME</option>") && !form.contains("BETA"));
    let once = field(&form, "once");
    let fields = |tenant: &'static str, description: &'static str, price: &'static str| {
        [
            ("once", once.clone()),
            ("tenant", tenant.to_owned()),
            ("rows", "3".to_owned()),
            ("lines.2.description", description.to_owned()),
            ("lines.2.unit_price", price.to_owned()),
        ]
    };
    fn refs<'a>(fields: &'a [(&'static str, String)]) -> Vec<(&'a str, &'a str)> {
        fields.iter().map(|(name, value)| (*name, value.as_str())).collect()
    }
    for (tenant, description, price, wrong) in [
        ("BETA", "Work", "1", "f-tenant"),
        ("", "Work", "1", "f-tenant"),
        (HOSTILE, "Work", "1", "f-tenant"),
        ("ACME", "", "1", "f-lines-2-description"),
        ("ACME", HOSTILE, HOSTILE, "f-lines-2-unit_price"),
        ("ACME", "Work", "", "f-lines-2-unit_price"),
    ] {
        let typed = fields(tenant, description, price);
        let page = browser.post("/tenant-invoices", &refs(&typed)).await.expect(422).text();
        assert!(page.contains(&format!("id=\"{wrong}-error\"")), "{wrong}: {page}");
        assert!(!page.contains(HOSTILE));
    }
    // Nothing at all, and less than nothing, are no invoice.
    let empty = [("once", once.as_str()), ("tenant", "ACME"), ("rows", "3")];
    browser.post("/tenant-invoices", &empty).await.expect(422);
    let negative = fields("ACME", "Discount", "-5");
    browser.post("/tenant-invoices", &refs(&negative)).await.expect(422);
    let more = [("do", "more"), ("rows", "3"), ("lines.0.description", "Kept")];
    let page = browser.post("/tenant-invoices", &more).await.expect(200).text();
    assert!(page.contains("Line 6") && page.contains("value=\"Kept\""), "{page}");
    assert_eq!(people.invoices().await.len(), 0);
    // The same form twice is one draft.
    let right = fields("ACME", "Work & <b>more</b>", "1.00");
    let mut places = Vec::new();
    for _ in 0..2 {
        let answer = browser.post("/tenant-invoices", &refs(&right)).await.expect(303);
        places.push(answer.header("location").to_owned());
    }
    assert_eq!(places[0], places[1]);
    assert_eq!(people.invoices().await.len(), 1);
    let path = places[0].split('?').next().unwrap().to_owned();
    let page = browser.get(&path).await.expect(200).text();
    assert!(
        page.contains("Work &amp; &lt;b&gt;more&lt;/b&gt;") && page.contains("$1.00"),
        "{page}"
    );
    for act in ["Edit", "Issue", "Void"] {
        assert!(page.contains(&format!(">{act}<")), "{act}");
    }
    assert!(!page.contains(">Refund<") && !page.contains("Mark as paid"));
    // Edited, then issued with the version that was looked at.
    let form = browser.get(&format!("{path}/edit")).await.expect(200).text();
    let seen = field(&form, "seen");
    let edit = [
        ("seen", seen.as_str()),
        ("rows", "2"),
        ("lines.0.description", "Work"),
        ("lines.0.unit_price", "2.50"),
        ("notes", "Thank you"),
    ];
    browser.post(&format!("{path}/edit"), &edit).await.expect(303);
    let page = browser.post(&format!("{path}/edit"), &edit).await.expect(409).text();
    assert!(page.contains("Changed meanwhile") && page.contains("Partner Admin One"), "{page}");
    let stale = browser.post(&format!("{path}/issue"), &[("seen", &seen)]).await.expect(409).text();
    assert!(stale.contains("Nothing was done"), "{stale}");
    assert_eq!(act(&mut browser, (&path, "issue")).await.0, 303);
    let invoice = people.invoices().await.remove(0);
    assert_eq!((invoice.status, invoice.total), (InvoiceStatus::Sent, Minor::new(250)));
    browser.post(&format!("{path}/void"), &[("seen", "9")]).await.expect(409);
    // A draft is voided after a question.
    let other = drafted(&mut browser, ("ACME", "7")).await;
    let ask = browser.get(&format!("{other}/void")).await.expect(200).text();
    assert!(ask.contains("Void this draft?") && ask.contains("$7.00"), "{ask}");
    let seen = field(&ask, "seen");
    browser.post(&format!("{other}/void"), &[("seen", &seen)]).await.expect(303);
    let all = people.invoices().await;
    assert!(all.iter().any(|it| it.status == InvoiceStatus::Cancelled), "{all:?}");
}

// INV-01 INV-02 INV-04 INV-05 INV-06 INV-29
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn invoices_are_listed_with_figures_and_found_by_filters(#[case] engine: Engine) {
    let Some(people) = People::fresh(engine).await else { return };
    people.world.bare_tenant(&people.partner, "SECOND").await;
    let mut browser = people.signed_in(Role::PartnerAdmin).await;
    let none = browser.get("/tenant-invoices").await.expect(200).text();
    assert!(none.contains("No invoices yet"), "{none}");
    let first = drafted(&mut browser, ("ACME", "10")).await;
    act(&mut browser, (&first, "issue")).await;
    people.world.advance("2026-05-03T12:00:00Z");
    let mut browser = people.signed_in(Role::PartnerAdmin).await;
    let second = drafted(&mut browser, ("SECOND", "20")).await;
    act(&mut browser, (&second, "issue")).await;
    drafted(&mut browser, ("SECOND", "40")).await;
    let form = browser.get(&format!("{first}/paid")).await.expect(200).text();
    let paid = [("once", field(&form, "once")), ("amount", "10.00".to_owned())];
    let paid = paid.each_ref().map(|(name, value)| (*name, value.as_str()));
    browser.post(&format!("{first}/paid"), &paid).await.expect(303);
    let page = browser.get("/tenant-invoices").await.expect(200).text();
    for (name, value) in
        [("Invoices", "3"), ("Paid", "1"), ("Unpaid", "1"), ("Outstanding", "$20.00")]
    {
        let tile = format!(">{name}</span><strong class=\"stat-value\">{value}<");
        assert!(page.contains(&tile), "{name} {value}: {page}");
    }
    for head in ["Invoice", "Tenant", "Status", "Amount", "Actions"] {
        assert!(page.contains(&format!(">{head}</th>")), "{head}");
    }
    assert!(page.contains("Used in May 2026 so far"), "{page}");
    assert_eq!(page.matches(">Refund<span").count(), 1, "only where something was paid");
    let mut rows = async |query: &str| {
        let page = browser.get(&format!("/tenant-invoices?{query}")).await.expect(200).text();
        let body = page.split("<tbody>").nth(1).unwrap_or_default();
        body.split("</tbody>").next().unwrap().matches("<tr>").count()
    };
    for (query, count) in [
        ("q=INV-", 2),
        ("q=second", 2),
        ("q=acme", 1),
        ("status=draft", 1),
        ("status=paid", 1),
        ("status=overdue", 0),
        ("from=2026-05-02", 1),
        ("to=2026-05-02", 1),
        ("from=2026-05-01&to=2026-05-03", 2),
        ("status=sent&q=acme", 0),
        ("sort=due", 2),
        ("sort=-issued", 2),
        ("from=nonsense&to=", 3),
        ("q=%3Cscript%3E", 0),
    ] {
        assert_eq!(rows(query).await, count, "{query}");
    }
}

// INV-07 INV-09 INV-12 INV-10 REF-01 REF-03 REF-04 REF-08
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn an_invoice_is_charged_once_and_given_back_in_parts(#[case] engine: Engine) {
    let Some(people) = People::fresh(engine).await else { return };
    let mut browser = people.signed_in(Role::PartnerAdmin).await;
    let path = drafted(&mut browser, ("ACME", "110.52")).await;
    act(&mut browser, (&path, "issue")).await;
    // Mails go out once for the page they were asked on.
    let page = browser.get(&path).await.expect(200).text();
    let fields = [("once", field(&page, "once"))];
    let fields = fields.each_ref().map(|(name, value)| (*name, value.as_str()));
    let before = people.mails_to("books@ACME.example").await.len();
    for _ in 0..2 {
        browser.post(&format!("{path}/remind"), &fields).await.expect(303);
    }
    assert_eq!(people.mails_to("books@ACME.example").await.len(), before + 1);
    browser.post(&format!("{path}/refund"), &[("once", "a")]).await.expect(422);
    assert_eq!(act(&mut browser, (&path, "charge")).await.0, 303);
    let invoice = people.invoices().await.remove(0);
    assert_eq!((invoice.status, invoice.due()), (InvoiceStatus::Paid, Minor::ZERO));
    let (status, page) = act(&mut browser, (&path, "charge")).await;
    assert!(status == 409 && page.contains("role=\"alert\""), "{status} {page}");
    // Parts go to the card and to the balance, up to what was paid.
    let form = browser.get(&format!("{path}/refund")).await.expect(200).text();
    assert!(form.contains("3 to 5 business days") && form.contains("value=\"110.52\""), "{form}");
    let mut refund = async |amount: &str, to: &str, once: Option<&str>| {
        let form = browser.get(&format!("{path}/refund")).await;
        let drawn = if form.status == 200 { field(&form.text(), "once") } else { "x".to_owned() };
        let once = once.unwrap_or(&drawn);
        let fields =
            [("once", once), ("amount", amount), ("destination", to), ("reason", "Line was down")];
        let answer = browser.post(&format!("{path}/refund"), &fields).await;
        (answer.status.as_u16(), answer.text(), once.to_owned())
    };
    for (amount, to) in
        [("0", "card"), ("110.53", "card"), ("-1", "card"), ("ten", "card"), ("1", HOSTILE)]
    {
        let (status, page, _) = refund(amount, to, None).await;
        assert!([409, 422].contains(&status), "{amount} {to}: {status}");
        assert!(page.contains("Line was down") && !page.contains(HOSTILE), "{page}");
    }
    let (status, _, once) = refund("50.00", "card", None).await;
    assert_eq!(status, 303);
    // The same form again gives back nothing more.
    assert_eq!(refund("50.00", "card", Some(&once)).await.0, 303);
    assert_eq!(refund("10.52", "credit", None).await.0, 303);
    assert_eq!(refund("50.01", "card", None).await.0, 422);
    assert_eq!(people.invoices().await.remove(0).refunded, Minor::new(6_052));
    let page = browser.get(&path).await.expect(200).text();
    for text in ["-$50.00", "-$10.52", "To the card", "To the balance", "Line was down"] {
        assert!(page.contains(text), "{text}: {page}");
    }
    assert!(page.contains("/credit-notes/crn_"), "each refund has its note");
    let pdf = browser.get(&format!("{path}/pdf")).await.expect(200);
    assert!(pdf.body.starts_with(b"%PDF"));
}

// INV-12 INV-10
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn what_was_paid_elsewhere_and_credits_are_written_down_once(#[case] engine: Engine) {
    let Some(people) = People::fresh(engine).await else { return };
    let mut browser = people.signed_in(Role::PartnerAdmin).await;
    let path = drafted(&mut browser, ("ACME", "30")).await;
    act(&mut browser, (&path, "issue")).await;
    let form = browser.get(&format!("{path}/paid")).await.expect(200).text();
    assert!(form.contains("value=\"30.00\""), "{form}");
    let once = field(&form, "once");
    for amount in ["0", "30.01", "x", "-3"] {
        let typed = [("once", once.as_str()), ("amount", amount), ("note", "cheque <b>1</b>")];
        let page = browser.post(&format!("{path}/paid"), &typed).await.expect(422).text();
        assert!(page.contains("f-amount-error") && page.contains("cheque &lt;b&gt;"), "{page}");
    }
    let typed = [("once", once.as_str()), ("amount", "12.00"), ("note", "cheque 1")];
    for _ in 0..2 {
        browser.post(&format!("{path}/paid"), &typed).await.expect(303);
    }
    let invoice = people.invoices().await.remove(0);
    assert_eq!((invoice.status, invoice.paid), (InvoiceStatus::PartiallyPaid, Minor::new(1_200)));
    let page = browser.get(&path).await.expect(200).text();
    assert!(page.contains("cheque 1") && page.contains(">manual<"), "{page}");
    let form = browser.get(&format!("{path}/credit-note")).await.expect(200).text();
    let once = field(&form, "once");
    for (amount, reason) in [("", "Why"), ("5", ""), ("999", "Why"), (HOSTILE, HOSTILE)] {
        let typed = [("once", once.as_str()), ("amount", amount), ("reason", reason)];
        let answer = browser.post(&format!("{path}/credit-note"), &typed).await;
        assert!([409, 422].contains(&answer.status.as_u16()), "{amount} {reason}");
        assert!(!answer.text().contains(HOSTILE));
    }
    let typed = [("once", once.as_str()), ("amount", "5.00"), ("reason", "Sorry")];
    for _ in 0..2 {
        browser.post(&format!("{path}/credit-note"), &typed).await.expect(303);
    }
    let (partner_id, tenant_id) = (people.partner.partner_id, people.tenant.tenant_id);
    let balance = people.world.app.tenant_balance(partner_id, tenant_id).await.unwrap();
    assert_eq!(balance.credit.0, "5.00");
}

// LAY-03 USR-02 INV-24
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn invoices_of_others_lead_nowhere_and_users_only_look(#[case] engine: Engine) {
    let Some(people) = People::fresh(engine).await else { return };
    let mut admin = people.signed_in(Role::PartnerAdmin).await;
    let path = drafted(&mut admin, ("ACME", "30")).await;
    let account = domain::user::Account::Partner(people.other.partner_id);
    people.add(account, Role::PartnerAdmin, "admin@elm.example").await;
    let mut other = people.browser("elm-voice.phones.example");
    other.sign_in("admin@elm.example", crate::harness::browser::PASSWORD).await.expect(303);
    assert!(!other.get("/tenant-invoices").await.expect(200).text().contains("ACME"));
    for what in ["", "/pdf", "/edit", "/void", "/paid", "/credit-note", "/refund"] {
        other.get(&format!("{path}{what}")).await.expect(404);
    }
    let acts = [
        "edit",
        "issue",
        "void",
        "send",
        "remind",
        "paid",
        "charge",
        "link",
        "credit-note",
        "refund",
    ];
    for what in acts {
        let fields = [("seen", "1"), ("once", "x"), ("amount", "1"), ("destination", "card")];
        other.post(&format!("{path}/{what}"), &fields).await.expect(404);
    }
    let mut user = people.signed_in(Role::PartnerUser).await;
    let page = user.get(&path).await.expect(200).text();
    assert!(!page.contains(">Issue<") && !page.contains(">Edit<") && page.contains(">PDF<"));
    assert!(!user.get("/tenant-invoices").await.expect(200).text().contains("New Invoice"));
    for what in acts {
        user.post(&format!("{path}/{what}"), &[]).await.expect(403);
    }
    let invoice = people.invoices().await.remove(0);
    assert_eq!((invoice.status, invoice.version), (InvoiceStatus::Draft, 1));
}
