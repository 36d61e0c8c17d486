//! `trunkline serve`: pages over HTTP, webhooks, and whatever falls due meanwhile.
//!
//! Decided here: where to listen. Without a domain portals are told apart by path, over plain HTTP,
//! so only this machine may ask.

use std::{
    convert::Infallible,
    net::{Ipv4Addr, SocketAddr},
    time::Duration,
};

use anyhow::{Context, bail};
use app::{
    App,
    portals::{Platform, Portals},
};
use clap::Args;
use tokio::{net::TcpListener, sync::oneshot};

use super::{
    DeploymentArgs, Ending, Output,
    deployment::{Missing, block_on},
    misuse, stripe,
};

/// How often a deployment on the system clock looks for what is due.
const ROUND: Duration = Duration::from_secs(30);
/// How many ports are tried for the demo.
const PORTS: u16 = 50;

/// Flags of `serve`.
#[derive(Debug, Args)]
#[command(after_help = stripe::HELP)]
pub(crate) struct ServeArgs {
    /// Address and port to listen on; a loopback address unless there is a --domain.
    #[arg(long, value_name = "ADDR", default_value_t = web::DEFAULT_ADDRESS)]
    listen: SocketAddr,
}

/// Where to listen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Listen {
    /// There and nowhere else.
    At(SocketAddr),
    /// On this port of this machine, or the next one that is free.
    FirstFreeFrom(u16),
}

impl ServeArgs {
    /// Serves until it is stopped.
    pub(crate) fn run(
        self,
        deployment: &DeploymentArgs,
        output: &mut Output,
    ) -> anyhow::Result<Ending> {
        if !self.listen.ip().is_loopback() && !deployment.has_domain() {
            return Err(misuse(format!(
                "--listen {}: without a --domain only a loopback address such as {} will do",
                self.listen,
                web::DEFAULT_ADDRESS
            )));
        }
        block_on(async {
            let app = deployment.open(Missing::Create).await?;
            let listener = bind(Listen::At(self.listen)).await?;
            serve(app, listener, output).await?;
            Ok(Ending::Well)
        })
    }
}

/// A socket to listen on.
pub(crate) async fn bind(listen: Listen) -> anyhow::Result<TcpListener> {
    let (first, last) = match listen {
        Listen::At(address) => {
            let bound = TcpListener::bind(address).await;
            return bound.with_context(|| {
                format!("cannot listen on {address}; name another address with --listen")
            });
        }
        Listen::FirstFreeFrom(port) => (port, port.saturating_add(PORTS)),
    };
    for port in first..=last {
        match TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await {
            Ok(listener) => return Ok(listener),
            Err(error) if error.kind() == std::io::ErrorKind::AddrInUse => {}
            Err(error) => return Err(error).context(format!("cannot listen on port {port}")),
        }
    }
    bail!("ports {first} to {last} are all taken; name another with --port")
}

/// Serves pages and does what falls due, until it is interrupted.
pub(crate) async fn serve(
    app: App,
    listener: TcpListener,
    output: &mut Output,
) -> anyhow::Result<()> {
    let address = listener.local_addr().context("the listening socket")?;
    let app = match &app.platform.portals {
        Portals::Hosts { .. } => app,
        Portals::Paths { .. } => {
            let portals = Portals::Paths { origin: format!("http://{address}") };
            let platform = Platform { portals, ..(*app.platform).clone() };
            app.on_platform(platform)
        }
    };
    output.line(&format!("serving http://{address} (stop with Ctrl-C)"))?;
    output.flush()?;
    let webhooks = Courier::start(app.clone());
    // What is given up in the middle when the server stops is undone, and done by the next run.
    let served = tokio::select! {
        served = web::serve(listener, web::router(app.clone()), stopped()) => {
            served.context("cannot serve any longer")
        }
        never = work(&app) => match never {},
    };
    webhooks.stop().await;
    served
}

/// Webhooks are sent, and the payment processor's events looked at, on a thread of their own, so
/// that closing a thousand periods does not make them wait. Their transactions never leave it;
/// sockets and timers are the server's.
struct Courier {
    stop: oneshot::Sender<()>,
    thread: std::thread::JoinHandle<()>,
}

impl Courier {
    fn start(app: App) -> Self {
        let (stop, stopped) = oneshot::channel();
        let runtime = tokio::runtime::Handle::current();
        let thread = std::thread::spawn(move || {
            runtime.block_on(async {
                tokio::select! {
                    _ = stopped => {}
                    never = app.run_webhooks() => match never {},
                    never = app.run_processor_events() => match never {},
                }
            });
        });
        Self { stop, thread }
    }

    /// Ends the thread. What it held is sent when its leases end.
    async fn stop(self) {
        drop(self.stop);
        let joined = tokio::task::spawn_blocking(move || self.thread.join()).await;
        if !matches!(joined, Ok(Ok(()))) {
            tracing::error!("the sender of webhooks and reader of events ended badly");
        }
    }
}

/// Does what falls due, for ever. A simulated clock stands still, so nothing ever does.
async fn work(app: &App) -> Infallible {
    if app.clock.is_simulated() {
        return std::future::pending().await;
    }
    let mut rounds = tokio::time::interval(ROUND);
    rounds.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        rounds.tick().await;
        if let Err(error) = app.run_due(None).await {
            tracing::error!(%error, "what is due was not done");
        }
        if let Err(error) = app.work_jobs(app.clock.now()).await {
            tracing::error!(%error, "the outbox was not emptied");
        }
        if let Err(error) = app.keep_house().await {
            tracing::error!(%error, "what was kept for a time was not forgotten");
        }
    }
}

/// Ends when the process is asked to.
async fn stopped() {
    let interrupted = tokio::signal::ctrl_c();
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        if let Ok(mut terminated) = signal(SignalKind::terminate()) {
            tokio::select! {
                _ = interrupted => {}
                _ = terminated.recv() => {}
            }
            return;
        }
    }
    // Without handlers the process ends anyway.
    let _ = interrupted.await;
}
