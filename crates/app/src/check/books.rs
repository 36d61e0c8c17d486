//! The chain and the balances of one partner.

use std::collections::BTreeMap;

use domain::{
    ledger::{CHAIN_START, ChainHash, TransferKind},
    money::Minor,
};
use store::{db::Tx, ledger::StoredTx};

use super::{CheckReport, Debits, PAGE, Subject};
use crate::error::{AppError, Result};

/// What hashing a chain again adds up.
struct Walk {
    seq: i64,
    hash: ChainHash,
    wallet: i128,
    sums: BTreeMap<String, i128>,
    debits: Debits,
    /// What charges of the operator put in, and what its refunds took out.
    operator: (i128, i128),
}

impl Subject<'_> {
    /// Hashes the chain again and sums its accounts. Answers the usage debits, to be compared with
    /// the calls.
    pub(super) async fn chain(&self, tx: &mut Tx, report: &mut CheckReport) -> Result<Debits> {
        let mut walk = Walk {
            seq: 0,
            hash: CHAIN_START,
            wallet: 0,
            sums: BTreeMap::new(),
            debits: Debits::new(),
            operator: (0, 0),
        };
        loop {
            let page = store::ledger::page(tx, self.partner_id, walk.seq, PAGE).await?;
            if page.is_empty() {
                break;
            }
            for stored in &page {
                self.link(stored, &mut walk, report);
            }
        }
        self.end(tx, &walk, report).await?;
        Ok(walk.debits)
    }

    fn link(&self, stored: &StoredTx, walk: &mut Walk, report: &mut CheckReport) {
        report.ledger_transactions += 1;
        let object = || format!("{} (seq {})", stored.ltx_id, stored.seq);
        report.expect("ledger_gap", object, (walk.seq + 1, stored.seq));
        walk.seq = stored.seq;
        let hash = stored.rehash(self.partner_id, &walk.hash);
        if hash.as_slice() != stored.hash.as_slice() {
            let texts = (hex(&hash), hex(&stored.hash));
            report.find("ledger_hash", object(), texts);
        }
        // The next link is checked against what is stored, so that one wrong row is one finding.
        walk.hash = ChainHash::try_from(stored.hash.as_slice()).unwrap_or(hash);
        for transfer in &stored.transfers {
            let amount = i128::from(transfer.amount_micros);
            *walk.sums.entry(transfer.debit_account.clone()).or_default() += amount;
            *walk.sums.entry(transfer.credit_account.clone()).or_default() -= amount;
            let change = match (&*transfer.debit_account, &*transfer.credit_account) {
                ("wallet", _) => -amount,
                (_, "wallet") => amount,
                _ => 0,
            };
            walk.wallet += change;
            match &*stored.source[2] {
                "operator_credit" => walk.operator.0 += change,
                "refund" | "refund_reversal" if stored.source[0] == "wallet_refund" => {
                    walk.operator.1 -= change;
                }
                _ => {}
            }
            if change != 0 {
                let stored_after = transfer.wallet_after_micros.map_or(0, i128::from);
                let object = || format!("{} line {}", stored.ltx_id, transfer.line);
                report.expect("wallet_after", object, (walk.wallet, stored_after));
            }
            let kind = TransferKind::parse(&transfer.kind);
            let tenant = transfer.tenant_id.as_deref().and_then(|id| id.parse().ok());
            if let (Some(tenant), Some(kind)) = (tenant, kind)
                && matches!(kind, TransferKind::UsageLocal | TransferKind::UsageTollFree)
            {
                *walk.debits.entry((tenant, kind)).or_default() -= change;
            }
        }
    }

    async fn end(&self, tx: &mut Tx, walk: &Walk, report: &mut CheckReport) -> Result<()> {
        if let Some((next_seq, last_hash)) = store::audit::book(tx, self.partner_id).await? {
            let object = || format!("book of {}", self.partner_id);
            report.expect("book_end", object, (walk.seq + 1, next_seq));
            report.expect("book_hash", object, (hex(&walk.hash), hex(&last_hash)));
        }
        let partner = self.partner_id;
        let found = store::partners::find(tx, partner).await?;
        let found = found.ok_or_else(|| AppError::not_found("partner", partner))?;
        let (paid_in, given_back) = store::audit::operator_sums(tx, partner).await?;
        for (kind, minor, booked) in [
            ("operator_charges", paid_in, walk.operator.0),
            ("operator_refunds", given_back, walk.operator.1),
        ] {
            let expected = i128::from(found.currency.to_micros(Minor::new(minor))?.get());
            report.expect(kind, || partner.to_string(), (expected, booked));
        }
        let mut sums = walk.sums.clone();
        for (account, booked) in store::audit::balances(tx, self.partner_id).await? {
            let expected = sums.remove(&account).unwrap_or_default();
            let object = || format!("{} {account}", self.partner_id);
            report.expect("balance", object, (expected, i128::from(booked)));
        }
        for (account, expected) in sums.into_iter().filter(|(_, sum)| *sum != 0) {
            let object = format!("{} {account}", self.partner_id);
            report.find("balance", object, (expected.to_string(), "no balance".to_owned()));
        }
        Ok(())
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
