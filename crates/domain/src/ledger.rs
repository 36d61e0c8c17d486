//! The ledger: transfers that balance by their shape, and the chain that shows tampering.
//!
//! Decided here: which accounts exist, what a transaction is, and what its hash covers. A transfer
//! moves one positive amount from its credit account to its debit account, so a transaction's
//! postings sum to zero whatever it holds. The two money flows never mix: a transaction belongs to
//! one flow and may touch only that flow's accounts. Corrections are new transactions.

use std::fmt;

use sha2::{Digest, Sha256};

use crate::{
    ids::{LedgerTxId, PartnerId, Place, TenantId},
    money::{Micros, Overflow},
    time::Timestamp,
};

/// Which of the two money flows a transaction belongs to (PLT-01).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Flow {
    /// The operator bills the partner.
    Wholesale,
    /// The partner bills a tenant.
    Retail,
}

impl Flow {
    /// `wholesale` or `retail`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Wholesale => "wholesale",
            Self::Retail => "retail",
        }
    }
    /// The flow with this name.
    pub fn parse(text: &str) -> Option<Self> {
        match text {
            "wholesale" => Some(Self::Wholesale),
            "retail" => Some(Self::Retail),
            _ => None,
        }
    }
}

/// A place where money is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Account {
    /// Wholesale: what the partner has paid ahead (a debt of the operator to it).
    Wallet,
    /// Wholesale: money that came in from or went back to the partner.
    OperatorCash,
    /// Wholesale: what the operator earned.
    OperatorRevenue,
    /// Wholesale: credit the operator gave away.
    Promotion,
    /// Retail: what a tenant owes its partner.
    Receivable(TenantId),
    /// Retail: what a partner owes a tenant: credits and prepaid money.
    TenantBalance(TenantId),
    /// Retail: what the partner earned.
    PartnerRevenue,
    /// Retail: tax collected for others.
    TaxPayable,
    /// Retail: money at the payment processor.
    Clearing,
    /// Retail: money that reached the partner outside the platform (INV-12).
    OfflineReceipts,
    /// Retail: fees kept back by the platform.
    ApplicationFees,
    /// Retail: money given back.
    Refunds,
    /// Retail: money that will never come.
    WriteOffs,
}

impl Account {
    /// The flow it belongs to.
    pub const fn flow(self) -> Flow {
        match self {
            Self::Wallet | Self::OperatorCash | Self::OperatorRevenue | Self::Promotion => {
                Flow::Wholesale
            }
            _ => Flow::Retail,
        }
    }
}

impl fmt::Display for Account {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Wallet => f.write_str("wallet"),
            Self::OperatorCash => f.write_str("operator_cash"),
            Self::OperatorRevenue => f.write_str("operator_revenue"),
            Self::Promotion => f.write_str("promotion"),
            Self::Receivable(tenant) => write!(f, "receivable:{tenant}"),
            Self::TenantBalance(tenant) => write!(f, "tenant_balance:{tenant}"),
            Self::PartnerRevenue => f.write_str("partner_revenue"),
            Self::TaxPayable => f.write_str("tax_payable"),
            Self::Clearing => f.write_str("clearing"),
            Self::OfflineReceipts => f.write_str("offline_receipts"),
            Self::ApplicationFees => f.write_str("application_fees"),
            Self::Refunds => f.write_str("refunds"),
            Self::WriteOffs => f.write_str("write_offs"),
        }
    }
}

/// What a transfer is for: the wallet's documented types (WAL-17, WAL-18), then retail ones.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(missing_docs, reason = "each is its own name")]
pub enum TransferKind {
    TopUp,
    MonthlyDid,
    MonthlyExtension,
    UsageLocal,
    UsageTollFree,
    Refund,
    ManualAdjustment,
    DidSetup,
    InitialCredit,
    PhantomFee,
    SubscriptionInvoice,
    Charge,
    Tax,
    CreditGiven,
    CreditApplied,
    Payment,
    Cancellation,
    ApplicationFee,
    FeeReturned,
    DisputeLost,
    CreditVoided,
}

impl TransferKind {
    /// All kinds.
    pub const ALL: [Self; 21] = [
        Self::TopUp,
        Self::MonthlyDid,
        Self::MonthlyExtension,
        Self::UsageLocal,
        Self::UsageTollFree,
        Self::Refund,
        Self::ManualAdjustment,
        Self::DidSetup,
        Self::InitialCredit,
        Self::PhantomFee,
        Self::SubscriptionInvoice,
        Self::Charge,
        Self::Tax,
        Self::CreditGiven,
        Self::CreditApplied,
        Self::Payment,
        Self::Cancellation,
        Self::ApplicationFee,
        Self::FeeReturned,
        Self::DisputeLost,
        Self::CreditVoided,
    ];

    /// The documented code.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::TopUp => "top_up",
            Self::MonthlyDid => "monthly_did",
            Self::MonthlyExtension => "monthly_extension",
            Self::UsageLocal => "usage_local",
            Self::UsageTollFree => "usage_toll_free",
            Self::Refund => "refund",
            Self::ManualAdjustment => "manual_adjustment",
            Self::DidSetup => "did_setup",
            Self::InitialCredit => "initial_credit",
            Self::PhantomFee => "phantom_fee",
            Self::SubscriptionInvoice => "subscription_invoice",
            Self::Charge => "charge",
            Self::Tax => "tax",
            Self::CreditGiven => "credit_given",
            Self::CreditApplied => "credit_applied",
            Self::Payment => "payment",
            Self::Cancellation => "cancellation",
            Self::ApplicationFee => "application_fee",
            Self::FeeReturned => "fee_returned",
            Self::DisputeLost => "dispute_lost",
            Self::CreditVoided => "credit_voided",
        }
    }
    /// The kind with this code.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text)
    }
}

/// One positive amount from one account to another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Transfer {
    kind: TransferKind,
    tenant_id: Option<TenantId>,
    debit: Account,
    credit: Account,
    amount: Micros,
}

impl Transfer {
    /// `amount` from `credit` to `debit`; a negative amount goes the other way. `None` for zero.
    pub fn new(
        kind: TransferKind,
        tenant_id: Option<TenantId>,
        (debit, credit): (Account, Account),
        amount: Micros,
    ) -> Result<Option<Self>, Overflow> {
        let transfer = |debit, credit, amount| Self { kind, tenant_id, debit, credit, amount };
        Ok(match amount.get() {
            0 => None,
            1.. => Some(transfer(debit, credit, amount)),
            _ => Some(transfer(credit, debit, amount.negated()?)),
        })
    }
    /// What it is for.
    pub fn kind(&self) -> TransferKind {
        self.kind
    }
    /// Whom it concerns.
    pub fn tenant_id(&self) -> Option<TenantId> {
        self.tenant_id
    }
    /// Where the amount goes.
    pub fn debit(&self) -> Account {
        self.debit
    }
    /// Where it comes from.
    pub fn credit(&self) -> Account {
        self.credit
    }
    /// How much, always positive.
    pub fn amount(&self) -> Micros {
        self.amount
    }
    /// How much more the wallet holds after it.
    pub fn wallet_change(&self) -> Micros {
        if self.credit == Account::Wallet {
            self.amount
        } else if self.debit == Account::Wallet {
            Micros::new(-self.amount.get())
        } else {
            Micros::ZERO
        }
    }
}

/// What a transaction is about; the same (type, id, purpose) is booked once per partner.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TxSource {
    /// Such as `batch`, `invoice`, `payment`, `adjustment`.
    pub kind: &'static str,
    /// Its id.
    pub id: String,
    /// Which of its several bookings.
    pub purpose: &'static str,
}

/// A balanced transaction, before it has its place in the chain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LedgerTx {
    flow: Flow,
    at: Timestamp,
    source: TxSource,
    description: String,
    transfers: Vec<Transfer>,
}

/// Why transfers are not a transaction.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum LedgerError {
    /// Nothing to book.
    #[error("a transaction needs at least one transfer")]
    Empty,
    /// A transfer names the other flow's account.
    #[error("the {0} account does not belong to this money flow")]
    MixedFlows(Account),
}

impl LedgerTx {
    /// A transaction of one flow.
    pub fn new(
        flow: Flow,
        at: Timestamp,
        source: TxSource,
        (description, transfers): (String, Vec<Transfer>),
    ) -> Result<Self, LedgerError> {
        if transfers.is_empty() {
            return Err(LedgerError::Empty);
        }
        for account in transfers.iter().flat_map(|transfer| [transfer.debit, transfer.credit]) {
            if account.flow() != flow {
                return Err(LedgerError::MixedFlows(account));
            }
        }
        Ok(Self { flow, at, source, description, transfers })
    }
    /// Its flow.
    pub fn flow(&self) -> Flow {
        self.flow
    }
    /// When it was booked.
    pub fn at(&self) -> Timestamp {
        self.at
    }
    /// What it is about.
    pub fn source(&self) -> &TxSource {
        &self.source
    }
    /// For people.
    pub fn description(&self) -> &str {
        &self.description
    }
    /// What it moves.
    pub fn transfers(&self) -> &[Transfer] {
        &self.transfers
    }
    /// The id its source gives it, so that booking it again gives the same.
    pub fn id(&self, partner_id: PartnerId) -> LedgerTxId {
        let partner = partner_id.to_string();
        let TxSource { kind, id, purpose } = &self.source;
        let parts = [partner.as_str(), kind, id, purpose];
        match Place::of_text(id) {
            Some(place) => LedgerTxId::derived_in(place, self.at, &parts),
            None => LedgerTxId::derived(self.at, &parts),
        }
    }
}

/// A SHA-256 digest in a partner's chain.
pub type ChainHash = [u8; 32];

/// What the first transaction of a partner follows.
pub const CHAIN_START: ChainHash = [0; 32];

/// One stored transfer as text, exactly what the chain covers of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TransferText<'a> {
    /// Its kind's code.
    pub kind: &'a str,
    /// Tenant id, or empty.
    pub tenant_id: &'a str,
    /// The debit account.
    pub debit: &'a str,
    /// The credit account.
    pub credit: &'a str,
    /// The amount.
    pub amount_micros: i64,
}

/// One stored transaction as text, exactly what the chain covers of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TxText<'a> {
    /// The partner.
    pub partner_id: &'a str,
    /// Its place in the partner's chain, from 1.
    pub seq: i64,
    /// When it was booked.
    pub at: Timestamp,
    /// Its flow.
    pub flow: &'a str,
    /// Source kind, id and purpose.
    pub source: [&'a str; 3],
    /// For people.
    pub description: &'a str,
}

/// The hash of a transaction: SHA-256 over the previous hash and its canonical bytes, each text
/// with its length in front (ruling 13). The only definition; `check` uses it too.
pub fn chain_hash<'a>(
    previous: &ChainHash,
    tx: &TxText<'_>,
    transfers: impl IntoIterator<Item = TransferText<'a>>,
) -> ChainHash {
    let mut hash = Sha256::new();
    hash.update(previous);
    let text = |hash: &mut Sha256, value: &str| {
        hash.update((value.len() as u64).to_be_bytes());
        hash.update(value.as_bytes());
    };
    text(&mut hash, tx.partner_id);
    hash.update(tx.seq.to_be_bytes());
    hash.update(tx.at.micros().to_be_bytes());
    text(&mut hash, tx.flow);
    for part in tx.source {
        text(&mut hash, part);
    }
    text(&mut hash, tx.description);
    for transfer in transfers {
        for part in [transfer.kind, transfer.tenant_id, transfer.debit, transfer.credit] {
            text(&mut hash, part);
        }
        hash.update(transfer.amount_micros.to_be_bytes());
    }
    hash.finalize().into()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn usage(amount: i64) -> Option<Transfer> {
        let sides = (Account::Wallet, Account::OperatorRevenue);
        Transfer::new(TransferKind::UsageLocal, None, sides, Micros::new(amount)).expect("in range")
    }

    proptest! {
        // WAL-01 every transfer takes from one account what it gives to the other
        #[test]
        fn postings_always_sum_to_zero(
            amounts in proptest::collection::vec(-1_000i64..1_000, 0..20),
        ) {
            let transfers: Vec<Transfer> = amounts.iter().filter_map(|a| usage(*a)).collect();
            let wallet: i64 = transfers.iter().map(|t| t.wallet_change().get()).sum();
            prop_assert_eq!(wallet, -amounts.iter().sum::<i64>());
            for transfer in &transfers {
                prop_assert!(transfer.amount().get() > 0 && transfer.debit() != transfer.credit());
            }
        }
    }

    // PLT-01 the two money flows never mix
    #[test]
    fn a_transaction_of_one_flow_cannot_touch_the_other() {
        let source = TxSource { kind: "batch", id: "1".to_owned(), purpose: "usage" };
        let sides = (Account::Clearing, Account::Wallet);
        let mixed = Transfer::new(TransferKind::Payment, None, sides, Micros::new(1));
        let transfers = vec![mixed.expect("in range").expect("not zero")];
        let outcome = LedgerTx::new(
            Flow::Wholesale,
            Timestamp::default(),
            source,
            (String::new(), transfers),
        );
        assert_eq!(outcome, Err(LedgerError::MixedFlows(Account::Clearing)));
    }

    // BEY-06 every stored field of a transaction is under the hash
    #[test]
    fn changing_any_part_changes_the_hash() {
        let tx = TxText {
            partner_id: "ptr_1",
            seq: 1,
            at: Timestamp::from_seconds(1),
            flow: "retail",
            source: ["invoice", "inv_1", "issue"],
            description: "Invoice",
        };
        let transfer = TransferText {
            kind: "charge",
            tenant_id: "tnt_1",
            debit: "receivable:tnt_1",
            credit: "partner_revenue",
            amount_micros: 5,
        };
        let base = chain_hash(&CHAIN_START, &tx, [transfer.clone()]);
        let others = [
            chain_hash(&[1; 32], &tx, [transfer.clone()]),
            chain_hash(&CHAIN_START, &TxText { seq: 2, ..tx.clone() }, [transfer.clone()]),
            chain_hash(
                &CHAIN_START,
                &TxText { description: "I", ..tx.clone() },
                [transfer.clone()],
            ),
            chain_hash(&CHAIN_START, &tx, [TransferText { amount_micros: 6, ..transfer.clone() }]),
            chain_hash(&CHAIN_START, &tx, [TransferText { debit: "refunds", ..transfer }]),
            chain_hash(&CHAIN_START, &tx, []),
        ];
        assert!(others.iter().all(|other| *other != base));
    }
}
