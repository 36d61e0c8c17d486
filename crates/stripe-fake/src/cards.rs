//! Stripe's published test cards and bank accounts, and what becomes of them.

/// What becomes of a charge.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fate {
    Succeeds,
    /// Saved, then declined: code and the bank's code.
    Declines(&'static str, Option<&'static str>),
    /// Not even saved.
    DeclinesAtOnce,
    /// Wants the payer every time; then declined with this code, if any.
    Authenticates(Option<&'static str>),
    /// Succeeds and is disputed: reason and first status.
    Disputed(&'static str, &'static str),
    RefundsSlowly,
    /// The refund succeeds first and fails later.
    RefundsNot,
    /// A debit that comes after days.
    Settles,
    /// A debit that fails after days.
    SettlesNot(&'static str),
    /// A debit that is never settled.
    Processes,
    /// The two small amounts never arrive.
    NoMicrodeposits,
}

/// A test card or bank account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct TestMethod {
    pub(crate) number: &'static str,
    pub(crate) name: &'static str,
    pub(crate) fate: Fate,
}

impl TestMethod {
    pub(crate) fn is_card(&self) -> bool {
        self.number.len() > 12
    }
    pub(crate) fn last_four(&self) -> &'static str {
        &self.number[self.number.len() - 4..]
    }
    pub(crate) fn brand(&self) -> &'static str {
        match self.number.as_bytes()[0] {
            b'5' => "mastercard",
            b'3' => "amex",
            _ => "visa",
        }
    }
}

const fn it(number: &'static str, name: &'static str, fate: Fate) -> TestMethod {
    TestMethod { number, name, fate }
}

const DECLINED: &str = "card_declined";

const ALL: &[TestMethod] = &[
    it("4242424242424242", "pm_card_visa", Fate::Succeeds),
    it("5555555555554444", "pm_card_mastercard", Fate::Succeeds),
    it("378282246310005", "pm_card_amex", Fate::Succeeds),
    it(
        "4000000000000341",
        "pm_card_chargeCustomerFail",
        Fate::Declines(DECLINED, Some("generic_decline")),
    ),
    it("4000000000000002", "pm_card_visa_chargeDeclined", Fate::DeclinesAtOnce),
    it(
        "4000000000009995",
        "pm_card_visa_chargeDeclinedInsufficientFunds",
        Fate::Declines(DECLINED, Some("insufficient_funds")),
    ),
    it(
        "4000000000009987",
        "pm_card_visa_chargeDeclinedLostCard",
        Fate::Declines(DECLINED, Some("lost_card")),
    ),
    it(
        "4000000000009979",
        "pm_card_visa_chargeDeclinedStolenCard",
        Fate::Declines(DECLINED, Some("stolen_card")),
    ),
    it(
        "4000000000000069",
        "pm_card_chargeDeclinedExpiredCard",
        Fate::Declines("expired_card", None),
    ),
    it(
        "4000000000000127",
        "pm_card_chargeDeclinedIncorrectCvc",
        Fate::Declines("incorrect_cvc", None),
    ),
    it(
        "4000000000000119",
        "pm_card_chargeDeclinedProcessingError",
        Fate::Declines("processing_error", None),
    ),
    it("4000002760003184", "pm_card_authenticationRequired", Fate::Authenticates(None)),
    it("4000000000003220", "pm_card_threeDSecure2Required", Fate::Authenticates(None)),
    it("4000003800000446", "pm_card_authenticationRequiredSetupForOffSession", Fate::Succeeds),
    it(
        "4000008260003178",
        "pm_card_authenticationRequiredInsufficientFunds",
        Fate::Authenticates(Some("insufficient_funds")),
    ),
    it(
        "4000008400001629",
        "pm_card_threeDSecureRequiredChargeDeclined",
        Fate::Authenticates(Some("generic_decline")),
    ),
    it("4000000000000259", "pm_card_createDispute", Fate::Disputed("fraudulent", "needs_response")),
    it(
        "4000000000002685",
        "pm_card_createDisputeProductNotReceived",
        Fate::Disputed("product_not_received", "needs_response"),
    ),
    it(
        "4000000000001976",
        "pm_card_createDisputeInquiry",
        Fate::Disputed("fraudulent", "warning_needs_response"),
    ),
    it("4000000000007726", "pm_card_pendingRefund", Fate::RefundsSlowly),
    it("4000000000005126", "pm_card_refundFail", Fate::RefundsNot),
    it("000123456789", "pm_usBankAccount_success", Fate::Settles),
    it("000111111113", "pm_usBankAccount_accountClosed", Fate::SettlesNot("account_closed")),
    it("000111111116", "pm_usBankAccount_noAccount", Fate::SettlesNot("no_account")),
    it(
        "000222222227",
        "pm_usBankAccount_insufficientFunds",
        Fate::SettlesNot("insufficient_funds"),
    ),
    it(
        "000333333335",
        "pm_usBankAccount_debitNotAuthorized",
        Fate::SettlesNot("debit_not_authorized"),
    ),
    it("000666666661", "pm_usBankAccount_failMicrodeposits", Fate::NoMicrodeposits),
    it("000555555559", "pm_usBankAccount_dispute", Fate::Disputed("insufficient_funds", "lost")),
    it("000000000009", "pm_usBankAccount_processing", Fate::Processes),
];

/// The test method of this name or number.
pub(crate) fn find(text: &str) -> Option<&'static TestMethod> {
    ALL.iter().find(|method| method.name == text || method.number == text)
}
