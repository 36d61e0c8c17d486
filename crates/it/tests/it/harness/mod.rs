//! What tests stand on: a fresh database on either engine, and accounts in few lines.

pub(crate) mod builders;
pub(crate) mod db;

pub(crate) use builders::World;
pub(crate) use db::Engine;
