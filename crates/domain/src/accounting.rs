//! The books as other programs read them (BEY-13): a chart of accounts, lines of a journal, and the
//! schedule of fees that were billed in advance.
//!
//! Decided here: which account of ours is which account of theirs, and that each transfer is one
//! debit and one credit of the same amount, so that every file balances by itself. A fee that was
//! billed in advance is earned day by day; what was earned by a day is rounded once from the whole,
//! so that its months add up to the fee.

pub mod csv;

use crate::{
    ledger::Flow,
    money::{Currency, Micros, Minor, round_half_away},
    time::Day,
};

/// An account as accountants know it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ChartAccount {
    /// Its number.
    pub code: &'static str,
    /// Its name.
    pub name: &'static str,
}

/// Our accounts by the text in front of any tenant, and what they are called elsewhere.
const CHART: [(&str, ChartAccount); 13] = [
    ("receivable", ChartAccount { code: "1100", name: "Accounts receivable" }),
    ("clearing", ChartAccount { code: "1200", name: "Payment processor clearing" }),
    ("offline_receipts", ChartAccount { code: "1210", name: "Receipts outside the platform" }),
    ("wallet", ChartAccount { code: "1500", name: "Prepaid telecom wallet" }),
    ("operator_cash", ChartAccount { code: "1510", name: "Paid to the telecom operator" }),
    ("tenant_balance", ChartAccount { code: "2100", name: "Customer balances" }),
    ("tax_payable", ChartAccount { code: "2200", name: "Sales tax payable" }),
    ("partner_revenue", ChartAccount { code: "4000", name: "Service revenue" }),
    ("refunds", ChartAccount { code: "4900", name: "Refunds and credits" }),
    ("operator_revenue", ChartAccount { code: "5000", name: "Telecom costs" }),
    ("promotion", ChartAccount { code: "5900", name: "Promotional telecom credit" }),
    ("application_fees", ChartAccount { code: "6100", name: "Payment processing fees" }),
    ("write_offs", ChartAccount { code: "6900", name: "Write-offs and lost disputes" }),
];

/// The account that a stored account's text stands for.
pub fn chart(account: &str) -> Option<ChartAccount> {
    let name = account.split_once(':').map_or(account, |(name, _)| name);
    CHART.iter().find(|(known, _)| *known == name).map(|(_, account)| *account)
}

/// Which program a journal is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum JournalFormat {
    /// Every column that there is.
    #[default]
    Plain,
    /// The journal entries that QuickBooks Online imports.
    QuickBooks,
    /// The manual journals that Xero imports.
    Xero,
}

impl JournalFormat {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Plain, Self::QuickBooks, Self::Xero];

    /// `plain`, `quickbooks` or `xero`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Plain => "plain",
            Self::QuickBooks => "quickbooks",
            Self::Xero => "xero",
        }
    }
    /// The format with this name.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|format| format.as_str() == text)
    }
    /// The first line of a file.
    pub const fn header(self) -> &'static str {
        match self {
            Self::Plain => {
                "date,transaction_id,place,source,source_id,kind,description,tenant_id,\
                 account_code,account_name,debit,credit,currency\r\n"
            }
            Self::QuickBooks => {
                "*JournalNo,*JournalDate,*AccountName,*Debits,*Credits,Description,Name,Currency\
                 \r\n"
            }
            Self::Xero => {
                "*Narration,*Date,Description,*AccountCode,*TaxRate,*Amount,TrackingName1,\
                 TrackingOption1\r\n"
            }
        }
    }
}

/// One transfer, as a journal shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JournalEntry<'a> {
    /// The local day.
    pub day: Day,
    /// The transaction's id.
    pub transaction: &'a str,
    /// Its place in the books, and the transfer's place in it.
    pub place: (i64, i64),
    /// What it was booked for: the kind of thing and its id.
    pub source: (&'a str, &'a str),
    /// The transfer's kind.
    pub kind: &'a str,
    /// For people.
    pub description: &'a str,
    /// Whom it concerns; empty where that is nobody.
    pub tenant: &'a str,
    /// The stored accounts: debit, credit.
    pub accounts: (&'a str, &'a str),
    /// How much.
    pub amount: Micros,
    /// In what.
    pub currency: Currency,
}

/// A stored account that the chart does not know.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is no account")]
pub struct UnknownAccount(pub String);

impl JournalEntry<'_> {
    /// Appends its two lines, the debit first.
    pub fn write(&self, format: JournalFormat, out: &mut String) -> Result<(), UnknownAccount> {
        let known = |account: &str| chart(account).ok_or_else(|| UnknownAccount(account.into()));
        let (debit, credit) = (known(self.accounts.0)?, known(self.accounts.1)?);
        let amount = self.decimal();
        for (account, is_debit) in [(debit, true), (credit, false)] {
            let (debit, credit) = if is_debit { (&*amount, "") } else { ("", &*amount) };
            match format {
                JournalFormat::Plain => self.plain(account, (debit, credit), out),
                JournalFormat::QuickBooks => self.quickbooks(account, (debit, credit), out),
                JournalFormat::Xero => self.xero(account, (is_debit, &amount), out),
            }
        }
        Ok(())
    }

    /// The amount with the currency's places, or all six where it needs them.
    fn decimal(&self) -> String {
        let minor = self.currency.round_micros(self.amount);
        match self.currency.to_micros(minor) {
            Ok(exact) if exact == self.amount => self.currency.decimal(minor),
            _ => self.amount.to_string(),
        }
    }

    fn plain(&self, account: ChartAccount, (debit, credit): (&str, &str), out: &mut String) {
        let place = format!("{}.{}", self.place.0, self.place.1);
        csv::row(
            out,
            &[
                &self.day.to_string(),
                self.transaction,
                &place,
                self.source.0,
                self.source.1,
                self.kind,
                self.description,
                self.tenant,
                account.code,
                account.name,
                debit,
                credit,
                self.currency.code(),
            ],
        );
    }

    fn quickbooks(&self, account: ChartAccount, (debit, credit): (&str, &str), out: &mut String) {
        let number = self.place.0.to_string();
        csv::row(
            out,
            &[
                &number,
                &american(self.day),
                account.name,
                debit,
                credit,
                self.description,
                self.tenant,
                self.currency.code(),
            ],
        );
    }

    fn xero(&self, account: ChartAccount, (is_debit, amount): (bool, &str), out: &mut String) {
        let signed = if is_debit { amount.to_owned() } else { format!("-{amount}") };
        let narration = format!("{} {}", self.place.0, self.description);
        // Tax has accounts of its own; nothing is to be computed again.
        let (tax, tracking) = ("Tax Exempt", if self.tenant.is_empty() { "" } else { "Tenant" });
        csv::row(
            out,
            &[
                &narration,
                &american(self.day),
                self.description,
                account.code,
                tax,
                &signed,
                tracking,
                self.tenant,
            ],
        );
    }
}

/// `05/31/2026`, as both programs read dates of American books.
fn american(day: Day) -> String {
    format!("{:02}/{:02}/{:04}", day.month(), day.day(), day.year())
}

/// Which books a journal shows.
pub const FLOWS: [Flow; 2] = [Flow::Retail, Flow::Wholesale];

/// A fee that was billed for some days, before or in them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Deferral {
    /// The first day it is for.
    pub from: Day,
    /// The day behind the last.
    pub until: Day,
    /// The fee; negative where unused days were given back.
    pub amount: Minor,
}

impl Deferral {
    /// What of it was earned on the days before `day`.
    pub fn earned_before(&self, day: Day) -> Minor {
        let days = self.until.days_since(self.from);
        let passed = day.days_since(self.from);
        if passed <= 0 {
            return Minor::ZERO;
        }
        if passed >= days {
            return self.amount;
        }
        let exact = i128::from(self.amount.get()) * i128::from(passed);
        let earned = round_half_away(exact, i128::from(days));
        Minor::new(i64::try_from(earned).expect("a part is not more than the whole"))
    }
}

/// What a fee does in a month.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Earned {
    /// What was earned before the month.
    pub before: Minor,
    /// What was earned in it.
    pub during: Minor,
    /// What is still to be earned behind it.
    pub deferred: Minor,
}

impl Earned {
    /// What `fee` does on the days from `first` up to `next`.
    pub fn in_month(fee: &Deferral, (first, next): (Day, Day)) -> Self {
        let (before, by_end) = (fee.earned_before(first), fee.earned_before(next));
        let minus = |a: Minor, b: Minor| Minor::new(a.get() - b.get());
        Self { before, during: minus(by_end, before), deferred: minus(fee.amount, by_end) }
    }
}

#[cfg(test)]
mod tests;
