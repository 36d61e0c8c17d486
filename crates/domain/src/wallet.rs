//! A partner's wallet: when it fills itself, when its owner is told, when it stops service.
//!
//! Decided here: three levels tell the owner, each once per crossing (WAL-07); a recharge counts
//! what is on its way and is tried once an hour at most, from the last attempt (F-19, C-64); a
//! prepaid wallet at or below zero refuses new calls, purchases and extensions, and nothing else
//! (WAL-08). Between two looks nobody has to compute any of this: a look says between which
//! balances nothing happens.

use crate::{
    money::{Micros, Minor, Overflow},
    partner::{PartnerLife, PartnerStatus},
    subscription::Billing,
    time::Timestamp,
};

/// Seconds between two recharges, from attempt to attempt (WAL-12).
pub const RECHARGE_SECONDS: i64 = 3_600;
/// The low-balance level of a wallet without a threshold: 50 units of currency (C-10).
pub const DEFAULT_LEVEL: Micros = Micros::new(50_000_000);

/// When and how a wallet fills itself (WAL-09).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct AutoRecharge {
    /// Whether it does.
    pub state: RechargeState,
    /// Below which balance; once it was set.
    pub threshold: Option<Micros>,
    /// With how much; once it was set.
    pub amount: Option<Minor>,
}

/// Whether a wallet fills itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum RechargeState {
    /// It does.
    On,
    /// It does not.
    #[default]
    Off,
}

/// Which of the three levels a balance has reached (WAL-07).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum LowLevel {
    /// The level itself.
    Low,
    /// Half of it.
    Half,
    /// Nothing is left.
    Empty,
}

/// What is known of a wallet between two looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Watch {
    /// When and how it fills itself.
    pub recharge: AutoRecharge,
    /// The last attempt.
    pub attempted_at: Option<Timestamp>,
    /// How many levels its owner was told of, 0 to 3.
    pub told: u8,
}

/// What a look at a wallet says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Looked {
    /// How many levels its owner is told of afterwards.
    pub told: u8,
    /// What the owner is told now: the lowest level that was newly reached.
    pub tell: Option<LowLevel>,
    /// Whether a recharge is tried now.
    pub recharge: bool,
    /// When to look again, whatever the balance.
    pub look_at: Option<Timestamp>,
    /// A balance below this is looked at.
    pub look_below: Micros,
    /// A balance of this or more is looked at.
    pub look_from: Option<Micros>,
}

impl AutoRecharge {
    /// The three levels, highest first.
    pub fn levels(&self) -> [Micros; 3] {
        let level = match (self.state, self.threshold) {
            (RechargeState::On, Some(threshold)) => threshold,
            _ => DEFAULT_LEVEL,
        };
        [level, Micros::new(level.get() / 2), Micros::ZERO]
    }

    /// Below which balance a recharge is due, while it is on.
    fn due_below(&self) -> Option<Micros> {
        self.threshold.filter(|_| self.state == RechargeState::On)
    }
}

impl Watch {
    /// Looks at a wallet that holds `balance` while `pending` is on its way.
    pub fn look(
        &self,
        balance: Micros,
        pending: Micros,
        now: Timestamp,
    ) -> Result<Looked, Overflow> {
        let levels = self.recharge.levels();
        let reached = levels.iter().filter(|level| balance <= **level).count();
        let told = u8::try_from(reached).expect("there are three levels");
        let tell = (told > self.told).then_some(match told {
            1 => LowLevel::Low,
            2 => LowLevel::Half,
            _ => LowLevel::Empty,
        });
        let threshold = self.recharge.due_below();
        let expected = balance.plus(pending)?;
        let is_wanted = threshold.is_some_and(|threshold| expected < threshold);
        let free_at = self.attempted_at.map(|at| at.plus_seconds(RECHARGE_SECONDS));
        let recharge = is_wanted && free_at.is_none_or(|at| at <= now);
        let look_at = match (is_wanted, recharge) {
            (false, _) => None,
            (true, true) => Some(now.plus_seconds(RECHARGE_SECONDS)),
            (true, false) => free_at,
        };
        let micro = Micros::new(1);
        let next = levels.get(reached).map(|level| level.plus(micro)).transpose()?;
        let above = threshold.filter(|threshold| balance >= *threshold);
        let back = reached.checked_sub(1).map(|last| levels[last].plus(micro)).transpose()?;
        let refilled = threshold.filter(|threshold| balance < *threshold);
        Ok(Looked {
            told,
            tell,
            recharge,
            look_at,
            look_below: next.max(above).unwrap_or(Micros::new(-i64::MAX)),
            look_from: [back, refilled].into_iter().flatten().min(),
        })
    }
}

/// Why a partner's tenants get no new calls, and the partner nothing new.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ServiceRefusal {
    /// The partner has no service.
    #[error("the account is {}", .0.as_str())]
    NoService(PartnerStatus),
    /// The prepaid wallet holds nothing.
    #[error("the wallet is empty")]
    WalletEmpty,
}

impl ServiceRefusal {
    /// The stable name, such as `wallet_empty`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::NoService(_) => "partner_suspended",
            Self::WalletEmpty => "wallet_empty",
        }
    }
}

/// Whether new calls, purchases and extensions are allowed (PLT-09, WAL-06, WAL-08). Emergency
/// calls are never asked about (C-62), and calls in progress run on.
pub fn service(
    life: &PartnerLife,
    billing: Billing,
    balance: Micros,
) -> Result<(), ServiceRefusal> {
    let status = life.status();
    if !status.has_service() {
        return Err(ServiceRefusal::NoService(status));
    }
    let holds = billing == Billing::Prepaid && life.stage.is_charged();
    if holds && balance <= Micros::ZERO {
        return Err(ServiceRefusal::WalletEmpty);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::partner::PartnerEvent;

    const NOW: Timestamp = Timestamp::from_seconds(1_780_000_000);

    fn micros(text: &str) -> Micros {
        Micros::parse(text).expect("an amount")
    }

    fn watch(threshold: Option<&str>, told: u8) -> Watch {
        let recharge = AutoRecharge {
            state: if threshold.is_some() { RechargeState::On } else { RechargeState::Off },
            threshold: threshold.map(micros),
            amount: threshold.map(|_| Minor::new(20_000)),
        };
        Watch { recharge, attempted_at: None, told }
    }

    fn look(watch: &Watch, balance: &str) -> Looked {
        watch.look(micros(balance), Micros::ZERO, NOW).expect("in range")
    }

    // WAL-11 F-19 below the threshold, not at it; what is on its way counts
    #[test]
    fn a_recharge_is_due_below_the_threshold() {
        let on = watch(Some("50.00"), 0);
        assert!(look(&on, "49.90").recharge);
        assert!(!look(&on, "50.00").recharge);
        assert!(!look(&watch(None, 0), "-5.00").recharge);
        let pending = on.look(micros("49.90"), micros("0.10"), NOW).expect("in range");
        assert!(!pending.recharge);
        assert_eq!(pending.look_at, None);
    }

    // WAL-12 C-64 once an hour from the last attempt
    #[test]
    fn the_hour_counts_from_the_last_attempt() {
        let at = |seconds: i64| Watch {
            attempted_at: Some(NOW.plus_seconds(-seconds)),
            ..watch(Some("50.00"), 0)
        };
        let early = look(&at(59 * 60), "10.00");
        assert!(!early.recharge);
        assert_eq!(early.look_at, Some(NOW.plus_seconds(60)));
        assert!(look(&at(60 * 60), "10.00").recharge);
    }

    // WAL-07 C-10 three levels, each told of once, again only after the balance was above it
    #[test]
    fn each_level_is_told_of_once() {
        let mut watch = watch(None, 0);
        let mut told = Vec::new();
        for balance in ["60", "50", "49", "25", "24", "30", "20", "0", "-3", "51", "50"] {
            let looked = look(&watch, balance);
            told.extend(looked.tell.map(|level| format!("{balance} {level:?}")));
            watch.told = looked.told;
        }
        assert_eq!(told, ["50 Low", "25 Half", "20 Half", "0 Empty", "50 Low"]);
    }

    proptest! {
        /// Between the balances that a look names, another look says the same.
        #[test]
        fn nothing_happens_between_the_named_balances(
            threshold in proptest::option::of(1i64..100_000_000),
            told in 0u8..=3, balance in -10_000_000i64..120_000_000,
            other in -10_000_000i64..120_000_000,
        ) {
            let mut watch = watch(None, told);
            if let Some(threshold) = threshold {
                watch.recharge.state = RechargeState::On;
                watch.recharge.threshold = Some(Micros::new(threshold));
            }
            let at = |balance| watch.look(Micros::new(balance), Micros::ZERO, NOW);
            let first = at(balance).expect("in range");
            let is_between = other >= first.look_below.get()
                && first.look_from.is_none_or(|from| other < from.get());
            if is_between {
                let then = at(other).expect("in range");
                prop_assert_eq!((then.told, then.recharge), (first.told, first.recharge));
            }
        }
    }

    // PLT-09 WAL-06 WAL-08 PLT-32 DUN-14 who gets service
    #[test]
    fn service_ends_with_the_wallet_or_the_account() {
        let trial = PartnerLife::signed_up(NOW);
        let active = trial.apply(PartnerEvent::Paid, NOW).expect("allowed");
        let due = active.apply(PartnerEvent::FeeFailed, NOW).expect("allowed");
        let ended = trial.apply(PartnerEvent::TimePasses, NOW.plus_seconds(14 * 86_400));
        let ended = ended.expect("allowed");
        let late = due.apply(PartnerEvent::TimePasses, NOW.plus_seconds(14 * 86_400));
        let late = late.expect("allowed");
        let asked = |life, balance: &str| {
            service(life, Billing::Prepaid, micros(balance)).map_err(ServiceRefusal::as_str)
        };
        assert_eq!(asked(&trial, "0"), Ok(()));
        assert_eq!(asked(&active, "0.000001"), Ok(()));
        assert_eq!(asked(&active, "0"), Err("wallet_empty"));
        assert_eq!(asked(&due, "5.00"), Ok(()));
        assert_eq!(asked(&ended, "5.00"), Err("partner_suspended"));
        assert_eq!(asked(&late, "5.00"), Err("partner_suspended"));
        assert_eq!(service(&active, Billing::OnAccount, Micros::ZERO), Ok(()));
    }
}
