//! What a tenant may do, whatever it owes.
//!
//! Decided here, once for all who ask: calls of a tenant without service are refused, inbound ones
//! with a treatment that says so (DUN-05); calls that run go on to their end (DUN-14); emergency
//! calls are never stopped by status or money (C-62); what a suspended tenant owes it can still see
//! and pay (PAY-16). The partner's suspension stops the service of all its tenants and changes none
//! of them (DUN-18).

use crate::{
    partner::PartnerStatus,
    tenant::{TenantLife, TenantStatus},
};

/// A call that asks to be let through.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CallRequest {
    /// To the tenant.
    Inbound,
    /// From the tenant.
    Outbound,
    /// To 911, 933 or 988, from the tenant.
    Emergency,
    /// Let through before, still running.
    InProgress,
}

/// What becomes of a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CallVerdict {
    /// It goes on.
    Allowed,
    /// The caller hears that the service is interrupted.
    ServiceInterrupted,
    /// It is refused.
    Denied,
}

impl CallVerdict {
    /// The stable name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Allowed => "allowed",
            Self::ServiceInterrupted => "service_interrupted",
            Self::Denied => "denied",
        }
    }
}

/// Whether a call of a tenant goes on, as far as status goes.
pub fn authorise_call(
    partner: PartnerStatus,
    tenant: &TenantLife,
    call: CallRequest,
) -> CallVerdict {
    let has_service = partner.has_service() && tenant.has_service();
    match call {
        CallRequest::Emergency | CallRequest::InProgress => CallVerdict::Allowed,
        _ if has_service => CallVerdict::Allowed,
        CallRequest::Inbound => CallVerdict::ServiceInterrupted,
        CallRequest::Outbound => CallVerdict::Denied,
    }
}

/// What somebody of a tenant wants to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TenantAct {
    /// See invoices, payments and what is owed.
    SeeBilling,
    /// Pay, and change how.
    Pay,
    /// Have more extensions or numbers.
    Grow,
}

/// Whether somebody of a tenant may do this (TEN-03 to TEN-05).
pub fn may(partner: PartnerStatus, tenant: &TenantLife, act: TenantAct) -> bool {
    match act {
        TenantAct::SeeBilling | TenantAct::Pay => true,
        TenantAct::Grow => {
            let status = tenant.status();
            let is_served = matches!(status, TenantStatus::Trial | TenantStatus::Active);
            is_served && partner.has_service() && tenant.has_service()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        partner::{PartnerEvent, PartnerLife},
        tenant::{SuspensionReason, TenantEvent},
        time::Timestamp,
    };

    const NOW: Timestamp = Timestamp::from_seconds(1_780_000_000);

    fn after(events: &[TenantEvent]) -> TenantLife {
        let born = TenantLife::created(TenantStatus::Active, NOW);
        events.iter().fold(born, |life, event| life.apply(*event, NOW).expect("allowed").0)
    }

    fn verdicts(partner: PartnerStatus, tenant: &TenantLife) -> [&'static str; 4] {
        use CallRequest::{Emergency, InProgress, Inbound, Outbound};
        [Inbound, Outbound, Emergency, InProgress]
            .map(|call| authorise_call(partner, tenant, call).as_str())
    }

    // DUN-05 DUN-14 TEN-04
    #[test]
    fn without_service_new_calls_are_refused_and_running_ones_and_911_go_on() {
        let refused = ["service_interrupted", "denied", "allowed", "allowed"];
        assert_eq!(verdicts(PartnerStatus::Active, &after(&[])), ["allowed"; 4]);
        for reason in [SuspensionReason::Overdue, SuspensionReason::Manual] {
            let life = after(&[TenantEvent::Suspend(reason)]);
            assert_eq!(verdicts(PartnerStatus::Active, &life), refused);
            assert!(!may(PartnerStatus::Active, &life, TenantAct::Grow));
        }
        let cancelled = after(&[TenantEvent::Cancel]);
        assert_eq!(verdicts(PartnerStatus::Active, &cancelled), refused);
    }

    // DUN-05 PAY-16 TPO-10
    #[test]
    fn whoever_is_suspended_still_sees_and_pays() {
        let life = after(&[TenantEvent::Suspend(SuspensionReason::Overdue)]);
        for act in [TenantAct::SeeBilling, TenantAct::Pay] {
            assert!(may(PartnerStatus::Active, &life, act), "{act:?}");
            assert!(may(PartnerStatus::Suspended, &life, act), "{act:?}");
        }
    }

    // DUN-18
    #[test]
    fn a_suspended_partner_stops_service_and_changes_no_tenant() {
        let (served, own) = (after(&[]), TenantEvent::Suspend(SuspensionReason::Manual));
        let manual = after(&[own]);
        let before = PartnerLife::signed_up(NOW).apply(PartnerEvent::Paid, NOW).expect("allowed");
        let suspended = before.apply(PartnerEvent::Suspend, NOW).expect("allowed");
        let returned = suspended.apply(PartnerEvent::Lift, NOW).expect("allowed");
        for tenant in [&served, &manual] {
            let refused = ["service_interrupted", "denied", "allowed", "allowed"];
            assert_eq!(verdicts(suspended.status(), tenant), refused);
        }
        assert_eq!(
            (served.status(), manual.status()),
            (TenantStatus::Active, after(&[own]).status())
        );
        assert_eq!(verdicts(returned.status(), &served), ["allowed"; 4]);
        assert_eq!(verdicts(returned.status(), &manual)[1], "denied");
    }
}
