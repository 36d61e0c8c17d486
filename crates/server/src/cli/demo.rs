//! `trunkline demo`: the whole product on one command.

use clap::Args;

use super::{
    DeploymentArgs, Ending, Output,
    deployment::block_on,
    serve::{self, Listen},
};
use crate::demo::{self, Earlier};

/// Flags of `demo`.
#[derive(Debug, Args)]
pub(crate) struct DemoArgs {
    /// Start over, removing what an earlier demo made.
    #[arg(long)]
    fresh: bool,
    /// Stop instead of serving the result.
    #[arg(long)]
    no_serve: bool,
    /// Port on this machine; the next free one if it is taken.
    #[arg(long, default_value_t = web::DEFAULT_ADDRESS.port())]
    port: u16,
}

impl DemoArgs {
    /// Makes or finds the demo, and serves it.
    pub(crate) fn run(
        self,
        deployment: &DeploymentArgs,
        output: &mut Output,
    ) -> anyhow::Result<Ending> {
        let deployment = deployment.clone().or_data_dir(demo::DATA_DIR);
        let earlier = if self.fresh { Earlier::Replace } else { Earlier::Keep };
        block_on(async {
            let app = demo::run(&deployment, earlier, output).await?;
            if !self.no_serve {
                let listener = serve::bind(Listen::FirstFreeFrom(self.port)).await?;
                serve::serve(app, listener, output).await?;
            }
            Ok(Ending::Well)
        })
    }
}
