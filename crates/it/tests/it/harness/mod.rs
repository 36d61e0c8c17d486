//! What tests stand on: a fresh database on either engine, and accounts in few lines.

pub(crate) mod browser;
pub(crate) mod builders;
pub(crate) mod calls;
pub(crate) mod content;
pub(crate) mod db;
pub(crate) mod dice;
pub(crate) mod http;
pub(crate) mod operations;
pub(crate) mod process;
pub(crate) mod receiver;
pub(crate) mod trade;

pub(crate) use browser::{Browser, People};
pub(crate) use builders::World;
pub(crate) use calls::{CallLine, TestFile};
pub(crate) use db::Engine;
pub(crate) use http::Api;
pub(crate) use process::Part;
