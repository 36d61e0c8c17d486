//! What tests stand on: a fresh database on either engine, and accounts in few lines.

pub(crate) mod builders;
pub(crate) mod calls;
pub(crate) mod db;

pub(crate) use builders::World;
pub(crate) use calls::{CallLine, TestFile};
pub(crate) use db::Engine;
