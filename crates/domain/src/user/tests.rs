//! Who may do what, and where: by tables and for any input.

use proptest::prelude::*;

use super::*;

const OTHER: Account = Account::Partner(PartnerId::from_bits(2));
const OWN: Account = Account::Partner(PartnerId::from_bits(1));
const TENANT: Account = Account::Tenant(PartnerId::from_bits(1), TenantId::from_bits(7));
const FOREIGN: Account = Account::Tenant(PartnerId::from_bits(2), TenantId::from_bits(8));

fn home_of(role: Role) -> Account {
    match role.layer() {
        Layer::Operator => Account::Operator,
        Layer::Partner => OWN,
        Layer::Tenant => TENANT,
    }
}

// USR-02 USR-08
#[test]
fn only_administrators_change_anything_and_users_of_tenants_see_no_bills() {
    for role in Role::ALL {
        assert_eq!(Role::parse(role.as_str()), Some(role));
        assert!(role.may(Ability::Look));
        assert_eq!(role.may(Ability::Change), role.as_str().ends_with("_admin"));
        assert_eq!(role.may(Ability::ManageUsers), role.may(Ability::Change));
        assert_eq!(role.may(Ability::SeeBilling), role != Role::TenantUser);
    }
}

// TNT-21 LAY-05
#[test]
fn one_acts_below_oneself_and_nowhere_else() {
    for role in Role::ALL {
        let standing = Standing::home(home_of(role), role);
        for (account, who) in [
            (Account::Operator, [Role::OperatorAdmin].as_slice()),
            (OWN, &[Role::OperatorAdmin, Role::PartnerAdmin]),
            (OTHER, &[Role::OperatorAdmin]),
            (TENANT, &[Role::OperatorAdmin, Role::PartnerAdmin, Role::TenantAdmin]),
            (FOREIGN, &[Role::OperatorAdmin]),
        ] {
            let is_own = account == standing.own();
            let acts = standing.at(account);
            assert_eq!(acts.is_ok(), is_own || who.contains(&role), "{role:?} {account:?}");
            let Ok(acting) = acts else { continue };
            assert_eq!(acting.is_acting(), !is_own);
            assert_eq!(acting.role().layer(), account.layer());
            assert_eq!(acting.own_role(), role);
        }
    }
}

#[test]
fn one_goes_back_up_the_way_one_came() {
    let operator = Standing::home(Account::Operator, Role::OperatorAdmin);
    let at_tenant = operator.at(TENANT).unwrap();
    assert_eq!(at_tenant.up().account(), OWN);
    assert_eq!(at_tenant.up().up(), operator);
    assert_eq!(operator.up(), operator);
    let partner = Standing::home(OWN, Role::PartnerAdmin);
    assert_eq!(partner.at(TENANT).unwrap().up(), partner);
}

fn user(role: Role, state: UserState) -> User {
    User {
        user_id: UserId::from_bits(1),
        account: home_of(role),
        email: Email::parse("a@b").unwrap(),
        name: "A".to_owned(),
        role,
        zone: None,
        theme: Theme::System,
        state,
        verified_at: None,
        two_factor: TwoFactor::Off,
        last_login_at: None,
        invited_until: None,
        created_at: Timestamp::default(),
        version: 1,
    }
}

// USR-06
#[test]
fn the_last_administrator_stays_and_nobody_removes_themself() {
    let (own, other) = (Some(UserId::from_bits(1)), Some(UserId::from_bits(2)));
    for role in Role::ALL {
        let active = user(role, UserState::Active);
        assert_eq!(may_lose(&active, own, 5), Err(KeepRefusal::Oneself));
        let last = may_lose(&active, other, 1);
        assert_eq!(last.is_err(), role.is_admin(), "{role:?}");
        assert_eq!(may_lose(&active, other, 2), Ok(()));
        assert_eq!(may_lose(&user(role, UserState::Invited), None, 1), Ok(()));
    }
}

// USR-07
#[test]
fn addresses_are_the_same_whatever_their_case() {
    let one = Email::parse(" Ada@Example.com ").unwrap();
    assert_eq!(one.as_str(), "Ada@Example.com");
    assert_eq!(one.key(), Email::parse("aDA@eXample.COM").unwrap().key());
    for wrong in ["", "@", "a@", "@b", "a@b@c", "a b@c", "a@b\r\nBcc: c@d", "A <a@b>", "ä@b"] {
        assert_eq!(Email::parse(wrong), Err(NotEmail), "{wrong:?}");
    }
}

proptest! {
    /// Whoever manages an account can do no more there than its administrator, and whatever
    /// is reached from an account is at or below it.
    #[test]
    fn acting_never_gives_more_than_the_administrator_has(
        role in prop::sample::select(Role::ALL.to_vec()),
        account in prop::sample::select(vec![Account::Operator, OWN, OTHER, TENANT, FOREIGN]),
    ) {
        if let Ok(standing) = Standing::home(home_of(role), role).at(account) {
            for ability in Ability::ALL {
                let admin = Role::admin_of(account.layer());
                prop_assert!(!standing.may(ability) || admin.may(ability));
            }
            prop_assert!(role.layer() <= account.layer());
        }
    }

    #[test]
    fn an_address_never_breaks_a_header(text in ".{0,80}") {
        if let Ok(email) = Email::parse(&text) {
            prop_assert!(!email.as_str().contains(['\r', '\n', ' ', '<', '>']));
        }
    }
}
