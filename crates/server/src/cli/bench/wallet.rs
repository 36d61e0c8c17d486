//! Debits of one wallet by many at once, exact to the micro, against a bare update in a loop.

use adapters::clock::Stopwatch;
use anyhow::ensure;
use app::{
    App,
    setup::{WalletMove, WalletMoveKind},
};
use clap::Args;
use domain::money::Micros;
use tokio::task::LocalSet;

use super::{Figure, Shape, world};

/// What a call of six seconds costs at 0.014 a minute.
const DEBIT: Micros = Micros::new(1_400);

/// Flags of `bench wallet`.
#[derive(Debug, Args)]
pub(crate) struct WalletArgs {
    /// Debits, all at once.
    #[arg(long, default_value_t = 1_000, value_name = "N")]
    debits: u32,
    #[command(flatten)]
    pub(super) shape: Shape,
}

impl WalletArgs {
    pub(super) async fn measure(&self, app: &App) -> anyhow::Result<Vec<Figure>> {
        let (partner, _) = world::tenants(app, 1).await?;
        let partner_id = partner.partner_id;
        let before = app.wallet(partner_id).await?.balance;
        let tasks = LocalSet::new();
        let debits: Vec<_> = (0..self.debits)
            .map(|number| {
                let app = app.clone();
                tasks.spawn_local(async move {
                    let debit = WalletMove {
                        kind: WalletMoveKind::ManualAdjustment,
                        amount: DEBIT.negated()?,
                        reason: "a call of the bench".to_owned(),
                        reference: format!("bench-{number}"),
                    };
                    anyhow::Ok(app.move_wallet(partner_id, &debit).await?)
                })
            })
            .collect();
        let watch = Stopwatch::start();
        tasks.await;
        let seconds = watch.elapsed().as_secs_f64();
        for debit in debits {
            debit.await??;
        }
        let left = app.wallet(partner_id).await?.balance;
        let spent = Micros::sum((0..self.debits).map(|_| DEBIT))?;
        ensure!(left == before.minus(spent)?, "{left} is left of {before}");
        let report = app.check(Some(partner_id)).await?;
        ensure!(report.is_clean(), "{:?}", report.findings);
        let watch = Stopwatch::start();
        for _ in 0..self.debits {
            let mut tx = app.db.begin().await?;
            store::baseline::debit(&mut tx, partner_id, DEBIT).await?;
            tx.commit().await?;
        }
        let raw = watch.elapsed().as_secs_f64();
        let rate = |seconds: f64| f64::from(self.debits) / seconds;
        Ok(vec![
            Figure::new(
                format!("{} debits of one wallet on {}", self.debits, app.db.engine()),
                seconds,
                "s",
            ),
            Figure::new("debits, each audited in a hash chain", rate(seconds), "debits/s"),
            Figure::new("baseline: one bare update and commit each", rate(raw), "updates/s"),
            Figure::new("ratio", raw / seconds, ""),
        ])
    }
}
