//! What the two engines have in common, and what the harness promises.

use rstest::rstest;

use crate::harness::{Engine, World};

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_fresh_database_answers(#[case] engine: Engine) {
    let Some(world) = World::fresh(engine).await else { return };
    world.app.db.ping().await.unwrap();
}
