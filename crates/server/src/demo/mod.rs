//! The demonstration: two months of a small operator's business, replayed in seconds.
//!
//! Decided here: nothing about billing. An invented world (`world`) makes calls (`traffic`) that
//! are imported, billed and collected through the same use cases as anybody's (`story`), in a
//! directory of its own (`place`). Nothing leaves the machine, and every run gives the same.

mod dice;
mod logo;
mod people;
mod place;
mod setup;
mod story;
mod summary;
mod traffic;
mod world;

use std::path::Path;

use adapters::{
    clock::{Clock, Stopwatch},
    ids::Ids,
};
use anyhow::{Context, bail};
use app::App;
use domain::time::Timestamp;

use self::place::{Place, State};
use crate::cli::{DeploymentArgs, Missing, Output};

/// The directory when nothing is said.
pub(crate) const DATA_DIR: &str = "./trunkline-demo";
/// What ids are drawn from: the same every time.
const IDS_SEED: u64 = 1;

/// What to do with an earlier demo.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Earlier {
    /// Show it again.
    Keep,
    /// Start over.
    Replace,
}

/// Makes the demo, or finds it, and shows what is in it. Answers the app over it.
pub(crate) async fn run(
    deployment: &DeploymentArgs,
    earlier: Earlier,
    output: &mut Output,
) -> anyhow::Result<App> {
    let place = Place::at(deployment.data_dir());
    match (place.state()?, earlier) {
        (State::Complete, Earlier::Keep) => return shown_again(deployment, &place, output).await,
        (State::Begun, Earlier::Keep) => {
            output.line("an earlier demo did not get to its end: starting over")?;
            place.clear()?;
        }
        (State::Complete | State::Begun, Earlier::Replace) => {
            if deployment.url().is_some() {
                bail!("--fresh clears the data directory only: name an empty database with --db");
            }
            place.clear()?;
        }
        (State::Empty, _) => {}
    }
    let watch = Stopwatch::start();
    place.begin()?;
    let db = deployment.open_database(Missing::Create).await?;
    let start = Timestamp::parse(story::START).context("the demo's calendar")?;
    let app = App::new(db, Clock::simulated(start), Ids::seeded(IDS_SEED));
    let app = app.with_outside(deployment.inside()?).on_platform(deployment.platform());
    let bar = indicatif::ProgressBar::new_spinner();
    let mut say = |what: &str| {
        bar.set_message(what.to_owned());
        bar.tick();
    };
    let told = story::tell(&app, &place, &mut say).await;
    bar.finish_and_clear();
    let told = told?;
    people::make(&app).await?;
    place.complete()?;
    summary::show(&app, (&told, watch), deployment, output).await?;
    if !told.check.is_clean() {
        bail!("the books of the demo do not agree: this is a bug in Trunkline, please report it");
    }
    Ok(app)
}

async fn shown_again(
    deployment: &DeploymentArgs,
    place: &Place,
    output: &mut Output,
) -> anyhow::Result<App> {
    let app = deployment.open(Missing::Refuse).await?;
    output
        .line(&format!("the demo in {} was made earlier; --fresh starts over\n", place.shown()))?;
    summary::show_partners(&app, output).await?;
    summary::show_next_steps(&app, deployment, output).await?;
    Ok(app)
}

/// Where a demo is, as one would name it on a command line.
fn shown(directory: &Path) -> String {
    let text = directory.display().to_string();
    text.strip_prefix("./").map_or(text.clone(), str::to_owned)
}
