//! On whose account tenants pay: what the processor tells, in any order, and what follows.

use adapters::processor::{Account, At, PaymentGateway, Setup, SetupStatus};
use app::{
    error::AppError,
    methods::{Confirmation, Gone, NewMethod},
};
use domain::{
    account::{AutoPay, Partner},
    fee::FeeRate,
    ids::TenantId,
    processor::{AccountContext, ConnectState, MethodKind, MethodStatus, ProcessorMode},
};
use rstest::rstest;

use crate::harness::{Engine, World};

struct Paying {
    world: World,
    partner: Partner,
    tenant: TenantId,
}

impl Paying {
    async fn fresh(engine: Engine) -> Option<Self> {
        let (world, partner) = World::with_partner(engine).await?;
        let tenant = world.bare_tenant(&partner, "OAK").await.tenant_id;
        Some(Self { world, partner, tenant })
    }

    /// The account that the partner connected, as the processor would show it.
    async fn connect(&self) -> Account {
        self.world.app.connect(self.partner.partner_id).await.unwrap();
        let mut tx = self.world.begin().await;
        let known = store::processors::connected(&mut tx, self.partner.partner_id).await.unwrap();
        let context = AccountContext::Connected(known.unwrap().account);
        let at = At { context, key: None };
        self.world.app.outside.processor.account(&at).await.unwrap()
    }

    async fn state(&self) -> ConnectState {
        let mut tx = self.world.begin().await;
        let known = store::processors::connected(&mut tx, self.partner.partner_id).await.unwrap();
        known.unwrap().state
    }

    async fn mode(&self) -> Result<ProcessorMode, AppError> {
        self.world.app.processing(self.partner.partner_id).await.map(|(_, mode, _)| mode)
    }

    async fn mails(&self) -> usize {
        self.world.texts("select subject from mail").await.len()
    }
}

// STR-04 STR-06 STR-25 facts 25: ready is what the processor says; later it may not be any more,
// and then nothing falls back (ruling 11)
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn an_account_that_is_disabled_blocks_new_charges(#[case] engine: Engine) {
    let Some(paying) = Paying::fresh(engine).await else { return };
    let app = &paying.world.app;
    let ready = paying.connect().await;
    let review = Account { charges_enabled: false, cards_active: false, ..ready.clone() };
    let form_left = Account { details_submitted: true, ..review.clone() };
    for told in [&review, &form_left, &review] {
        app.account_told(told).await.unwrap();
        assert_eq!(paying.state().await, ConnectState::Pending);
        assert_eq!(paying.mode().await.unwrap(), ProcessorMode::Platform);
    }
    for _ in 0..2 {
        app.account_told(&ready).await.unwrap();
        let (at, mode, fee) = app.processing(paying.partner.partner_id).await.unwrap();
        assert_eq!(at.context, AccountContext::Connected(ready.account.clone()));
        assert_eq!((mode, fee), (ProcessorMode::Connect, Some(FeeRate::STANDARD)));
    }
    assert_eq!(paying.mails().await, 0);
    let disabled = Account {
        disabled_reason: Some("requirements.past_due".to_owned()),
        currently_due: vec!["individual.id_number".to_owned()],
        payouts_enabled: false,
        ..review.clone()
    };
    for _ in 0..2 {
        app.account_told(&disabled).await.unwrap();
        assert_eq!(paying.state().await, ConnectState::Restricted);
        assert!(matches!(paying.mode().await, Err(AppError::Refused(_))));
    }
    assert_eq!(paying.mails().await, 1, "told once");
    app.account_told(&ready).await.unwrap();
    assert_eq!(paying.mode().await.unwrap(), ProcessorMode::Connect);
    for _ in 0..2 {
        app.account_gone(&ready.account).await.unwrap();
        assert_eq!(paying.state().await, ConnectState::Disconnected);
    }
    // What comes late changes nothing any more.
    app.account_told(&ready).await.unwrap();
    assert!(matches!(paying.mode().await, Err(AppError::Refused(_))));
    assert_eq!(paying.mails().await, 2);
    // Another account can be connected.
    let anew = paying.connect().await;
    assert_ne!(anew.account, ready.account);
    app.account_told(&anew).await.unwrap();
    assert_eq!(paying.mode().await.unwrap(), ProcessorMode::Connect);
}

// STR-21 STR-22: the mode decides for new charges, the stored context for old ones
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_change_of_mode_is_for_what_is_new(#[case] engine: Engine) {
    let Some(paying) = Paying::fresh(engine).await else { return };
    let (app, partner_id) = (&paying.world.app, paying.partner.partner_id);
    let old = app.processing(partner_id).await.unwrap().0;
    let ready = paying.connect().await;
    app.account_told(&ready).await.unwrap();
    let new = app.processing(partner_id).await.unwrap().0;
    assert_ne!(old.context, new.context);
    assert_eq!(app.at(partner_id, &old.context).await.unwrap(), At::PLATFORM);
    let view = app.processor(partner_id).await.unwrap();
    let seen = (partner_id, view.processing.version);
    app.choose_mode(seen, ProcessorMode::Platform).await.unwrap();
    assert_eq!(app.at(partner_id, &new.context).await.unwrap(), new);
    assert_eq!(paying.mode().await.unwrap(), ProcessorMode::Platform);
    let view = app.choose_mode(seen, ProcessorMode::Connect).await;
    assert!(matches!(view, Err(AppError::Stale(_))), "{view:?}");
}

// PMT-04 PMT-05 PMT-10 facts 7 and 9: events of a setup come early, late, twice, in any order
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn what_is_told_of_a_method_is_kept_once(#[case] engine: Engine) {
    let Some(paying) = Paying::fresh(engine).await else { return };
    let (app, partner_id) = (&paying.world.app, paying.partner.partner_id);
    let new = NewMethod { owner: Some(paying.tenant), kind: MethodKind::Card };
    let setup_id = app.begin_setup(partner_id, new).await.unwrap();
    // A process that dies here leaves a wish; opening it again asks under the same key.
    let opened = app.open_setup(partner_id, setup_id).await.unwrap();
    let reference = opened.setup.reference.clone().unwrap();
    let again = app.open_setup(partner_id, setup_id).await.unwrap();
    assert_eq!(again.setup.reference.as_deref(), Some(reference.as_str()));
    let sandbox = app.outside.processor.sandbox().unwrap();
    let visa = adapters::processor::sandbox::test_method("visa").unwrap();
    let done = sandbox.fill_in(&reference, visa);
    let waiting = Setup { status: SetupStatus::Waiting, ..done.clone() };
    for told in [&waiting, &done, &done, &waiting, &done] {
        app.setup_told(&AccountContext::Platform, told).await.unwrap();
    }
    let method = app.method_for_charge(partner_id, Some(paying.tenant), None).await.unwrap();
    assert_eq!((method.status, method.is_default), (MethodStatus::Active, true));
    let unknown = Setup { reference: "seti_other".to_owned(), ..done };
    app.setup_told(&AccountContext::Platform, &unknown).await.unwrap();
    assert_eq!(paying.world.count("payment_method").await, 1);

    // Renewed by its bank, then taken away on the processor's pages.
    let at = At::PLATFORM;
    let mut told = app.outside.processor.method(&at, &method.reference).await.unwrap();
    told.expires = Some((1, 2040));
    for _ in 0..2 {
        app.method_told(&method.context, &told, Gone::No).await.unwrap();
    }
    let renewed = app.payment_method(partner_id, method.method_id).await.unwrap();
    assert_eq!((renewed.expires, renewed.version), (Some((1, 2040)), 2));
    let tenant = app.tenant(partner_id, paying.tenant).await.unwrap();
    let edit = app::setup::TenantEdit { auto_pay: Some(AutoPay::On), ..Default::default() };
    app.edit_tenant(partner_id, (paying.tenant, tenant.version), &edit).await.unwrap();
    for _ in 0..2 {
        app.method_told(&method.context, &told, Gone::Detached).await.unwrap();
        app.method_told(&method.context, &told, Gone::No).await.unwrap();
    }
    app.payment_method(partner_id, method.method_id).await.unwrap_err();
    let tenant = app.tenant(partner_id, paying.tenant).await.unwrap();
    assert_eq!(tenant.auto_pay, AutoPay::Off);
}

// PMT-10 facts 21: a method that was begun on one account is not used on another
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_method_begun_before_a_change_has_to_be_entered_again(#[case] engine: Engine) {
    let Some(paying) = Paying::fresh(engine).await else { return };
    let (app, partner_id) = (&paying.world.app, paying.partner.partner_id);
    let new = NewMethod { owner: Some(paying.tenant), kind: MethodKind::Card };
    let setup_id = app.begin_setup(partner_id, new).await.unwrap();
    app.open_setup(partner_id, setup_id).await.unwrap();
    let ready = paying.connect().await;
    app.account_told(&ready).await.unwrap();
    let visa = Confirmation::TestMethod("visa".to_owned());
    let done = app.confirm_setup(partner_id, setup_id, &visa).await.unwrap();
    let method = done.method.unwrap();
    assert_eq!((method.status, method.is_default), (MethodStatus::NeedsReentry, false));
    let named = Some(method.method_id);
    let refused = app.method_for_charge(partner_id, Some(paying.tenant), named).await.unwrap_err();
    assert!(refused.to_string().contains("entered again"), "{refused}");
}
