//! Claims about owners: whose record it is, and when nobody or two would be.

use super::*;
use crate::cdr::{Disposition, RecordFields};

const ACME: &str = "+15015550111";
const BOLT: &str = "+15015550222";
const OUTSIDE: &str = "+12125550199";

fn at(text: &str) -> Timestamp {
    Timestamp::parse(text).expect("an instant")
}

/// Two tenants: acme with a number and extensions 101 and 102, bolt with a number.
fn parties() -> Parties {
    let mut parties = Parties::default();
    let tenant = |bits, prefix: &str| TenantParty {
        partner_id: PartnerId::from_bits(1),
        tenant_id: TenantId::from_bits(bits),
        sip_prefix: prefix.to_owned(),
        account_code: None,
        home: HomeArea::US,
        cancelled_at: None,
    };
    let since = (at("2026-01-01T00:00:00Z"), None);
    let acme = parties.add_tenant(tenant(10, "acme"));
    let bolt = parties.add_tenant(tenant(20, "bolt"));
    parties.add_number(acme, E164::parse(&ACME[1..]).expect("a number"), since);
    parties.add_number(bolt, E164::parse(&BOLT[1..]).expect("a number"), since);
    parties.add_extension(acme, "101", since);
    parties.add_extension(acme, "102", since);
    parties
}

fn record(from: &str, to: &str, account: Option<&str>) -> CallRecord {
    let ended = at("2026-05-10T12:01:00Z");
    let mut fields = RecordFields::new("1".to_owned(), from.to_owned(), to.to_owned(), ended);
    fields.answered_at = Some(ended.plus_seconds(-30));
    fields.disposition = Disposition::Answered;
    fields.talk_seconds = 30;
    fields.account = account.map(str::to_owned);
    CallRecord::try_new(fields).expect("a record")
}

fn owner(from: &str, to: &str, account: Option<&str>) -> Result<(usize, Direction), &'static str> {
    parties()
        .owner_of(&record(from, to, account), &HomeArea::US)
        .map(|owner| (owner.tenant, owner.direction))
        .map_err(|error| error.code())
}

// MET-05, MET-12
#[test]
fn the_record_says_whose_call_it_is() {
    let tenant_id = TenantId::from_bits(20).to_string();
    for (from, to, account, expected) in [
        (OUTSIDE, ACME, None, Ok((0, Direction::Inbound))),
        (ACME, OUTSIDE, None, Ok((0, Direction::Outbound))),
        ("acme_101", OUTSIDE, None, Ok((0, Direction::Outbound))),
        ("ACME_101", OUTSIDE, Some("Acme"), Ok((0, Direction::Outbound))),
        ("acme_101", "acme_102", None, Ok((0, Direction::Internal))),
        ("acme_101", "102", Some("acme"), Ok((0, Direction::Internal))),
        ("acme_101", "911", Some("acme"), Ok((0, Direction::Outbound))),
        // our own number counts before the endpoint that called it
        ("acme_101", BOLT, None, Ok((1, Direction::Inbound))),
        ("acme_101", BOLT, Some("acme"), Ok((0, Direction::Outbound))),
        // a shown caller id that is not ours, but an account that is
        (OUTSIDE, "+13125550100", Some("acme"), Ok((0, Direction::Outbound))),
        (OUTSIDE, BOLT, Some(&tenant_id), Ok((1, Direction::Inbound))),
        (ACME, BOLT, None, Err("ambiguous_owner")),
        (ACME, BOLT, Some("bolt"), Ok((1, Direction::Inbound))),
        ("acme_101", "bolt_201", None, Err("ambiguous_owner")),
        (OUTSIDE, "+13125550100", None, Err("unknown_owner")),
        (OUTSIDE, ACME, Some("nobody"), Err("unknown_account")),
        ("", ACME, None, Ok((0, Direction::Inbound))),
    ] {
        assert_eq!(owner(from, to, account), expected, "{from} -> {to} ({account:?})");
    }
}

// MET-17 a number belongs to whoever had it when the call was answered
#[test]
fn a_number_that_moved_leaves_its_old_calls_behind() {
    let mut parties = parties();
    let moved = E164::parse("15015550333").expect("a number");
    let change = at("2026-05-10T12:00:00Z");
    parties.add_number(0, moved, (at("2026-01-01T00:00:00Z"), Some(change)));
    parties.add_number(1, moved, (change, None));
    let call = record(OUTSIDE, "+15015550333", None);
    assert_eq!(parties.owner_of(&call, &HomeArea::US).expect("an owner").tenant, 1);
    let mut earlier = call.fields().clone();
    earlier.answered_at = Some(change.plus_seconds(-1));
    let earlier = CallRecord::try_new(earlier).expect("a record");
    assert_eq!(parties.owner_of(&earlier, &HomeArea::US).expect("an owner").tenant, 0);
}

#[test]
fn extensions_are_known_by_their_bare_name() {
    let parties = parties();
    let call = record("sip:acme_101@10.0.0.1", OUTSIDE, None);
    let owner = parties.owner_of(&call, &HomeArea::US).expect("an owner");
    assert_eq!(owner.extension.as_deref(), Some("101"));
}

#[test]
fn a_cancelled_tenant_takes_no_calls() {
    let mut parties = Parties::default();
    parties.add_tenant(TenantParty {
        partner_id: PartnerId::from_bits(1),
        tenant_id: TenantId::from_bits(10),
        sip_prefix: "gone".to_owned(),
        account_code: Some("G-1".to_owned()),
        home: HomeArea::US,
        cancelled_at: Some(at("2026-05-10T12:00:00Z")),
    });
    let call = record("gone_1", OUTSIDE, Some("g-1"));
    let error = parties.owner_of(&call, &HomeArea::US).expect_err("a refusal");
    assert_eq!(error.code(), "tenant_cancelled");
}
