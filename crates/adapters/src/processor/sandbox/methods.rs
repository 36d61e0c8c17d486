//! The sandbox's test cards and bank accounts. They are named after Stripe's and behave alike:
//! source, Stripe's testing pages.

use domain::processor::MethodKind;

/// What becomes of a payment by a test method.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fate {
    Succeeds,
    /// Code, the bank's reason, text.
    Declines(&'static str, Option<&'static str>, &'static str),
    /// The payer has to authenticate; then it succeeds, or is declined for this reason.
    Authenticates(Option<&'static str>),
    /// Succeeds, and is disputed later for this reason.
    Disputed(&'static str),
    /// A refund takes a day.
    RefundsSlowly,
    /// A refund seems to succeed and fails a day later.
    RefundsNot,
    /// The first answer is lost on its way; asked again, it succeeds.
    LosesAnswer,
    NoAnswer,
    /// Money of a bank account comes after days.
    Settles,
    /// It does not come after days: code, text.
    SettlesNot(&'static str, &'static str),
    /// It is under way for ever.
    Processes,
    /// The account is verified by two small amounts, then its money comes after days.
    VerifiesLate,
}

/// A test card or bank account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TestMethod {
    /// The stable name, such as `visa`.
    pub name: &'static str,
    /// Card or bank account.
    pub kind: MethodKind,
    /// What is shown of it.
    pub brand: &'static str,
    /// What is shown of it.
    pub last_four: &'static str,
    /// What it is for, for people.
    pub description: &'static str,
    pub(super) fate: Fate,
    /// Whether it cannot even be saved.
    pub(super) declines_setup: bool,
}

impl TestMethod {
    /// Month and year of a card's last month.
    pub fn expires(&self) -> Option<(u8, u16)> {
        (self.kind == MethodKind::Card).then_some(if self.name == "expired" {
            (1, 2020)
        } else {
            (12, 2034)
        })
    }
}

const DECLINED: &str = "the card was declined";

const fn card(
    name: &'static str,
    last_four: &'static str,
    fate: Fate,
    description: &'static str,
) -> TestMethod {
    let kind = MethodKind::Card;
    TestMethod { name, kind, brand: "visa", last_four, description, fate, declines_setup: false }
}

const fn bank(
    name: &'static str,
    last_four: &'static str,
    fate: Fate,
    description: &'static str,
) -> TestMethod {
    let (kind, brand) = (MethodKind::BankAccount, "Test Bank");
    TestMethod { name, kind, brand, last_four, description, fate, declines_setup: false }
}

/// All test methods.
pub const TEST_METHODS: &[TestMethod] = &[
    card("visa", "4242", Fate::Succeeds, "succeeds"),
    TestMethod { brand: "mastercard", ..card("mastercard", "4444", Fate::Succeeds, "succeeds") },
    TestMethod {
        declines_setup: true,
        ..card(
            "declined_at_once",
            "0002",
            Fate::Declines("card_declined", Some("generic_decline"), DECLINED),
            "cannot be saved",
        )
    },
    card(
        "declined",
        "0341",
        Fate::Declines("card_declined", Some("generic_decline"), DECLINED),
        "can be saved, and every charge is declined",
    ),
    card(
        "insufficient_funds",
        "9995",
        Fate::Declines(
            "card_declined",
            Some("insufficient_funds"),
            "the card has insufficient funds",
        ),
        "declined: insufficient funds",
    ),
    card(
        "lost_card",
        "9987",
        Fate::Declines("card_declined", Some("lost_card"), DECLINED),
        "declined: lost, never tried again",
    ),
    card(
        "expired",
        "0069",
        Fate::Declines("expired_card", None, "the card has expired"),
        "declined: expired",
    ),
    card("authenticate", "3184", Fate::Authenticates(None), "the payer has to authenticate"),
    card(
        "authenticate_declined",
        "3178",
        Fate::Authenticates(Some("insufficient_funds")),
        "the payer authenticates, then it is declined",
    ),
    card("disputed", "0259", Fate::Disputed("fraudulent"), "succeeds, disputed after a day"),
    card("refund_slow", "7726", Fate::RefundsSlowly, "a refund takes a day"),
    card("refund_fails", "5126", Fate::RefundsNot, "a refund fails after a day"),
    card("lost_answer", "0101", Fate::LosesAnswer, "the first answer is lost"),
    card("no_answer", "0102", Fate::NoAnswer, "never answers"),
    bank("bank", "6789", Fate::Settles, "money comes after four days"),
    bank(
        "bank_closed",
        "1113",
        Fate::SettlesNot("account_closed", "the bank account was closed"),
        "fails after four days: account closed",
    ),
    bank(
        "bank_insufficient_funds",
        "2227",
        Fate::SettlesNot("insufficient_funds", "the bank account has insufficient funds"),
        "fails after four days: insufficient funds",
    ),
    bank("bank_disputed", "5559", Fate::Disputed("debit_not_authorized"), "disputed, for good"),
    bank("bank_processing", "0009", Fate::Processes, "stays under way for ever"),
    bank("bank_microdeposits", "6661", Fate::VerifiesLate, "verified by two small amounts"),
];

/// The test method of this name.
pub fn test_method(name: &str) -> Option<&'static TestMethod> {
    TEST_METHODS.iter().find(|method| method.name == name)
}
