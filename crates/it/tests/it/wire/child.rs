//! What a process does that talks to the stand-in of the test that started it.

use std::time::Duration;

use app::{
    App,
    collect::Collect,
    refunds::WantedRefund,
    requests::{Actor, ActorKind, Asking},
};
use domain::{ids::PartnerId, money::Minor, refund::Destination, time::Timestamp};
use serde_json::{Value, json};

use super::stage::{Addresses, outside};

/// Something to be done, as JSON: it has to reach another process.
#[derive(Debug, Clone)]
pub(crate) struct Errand(pub(super) Value);

impl Errand {
    /// The words that a process is given.
    pub(crate) fn words(&self) -> Value {
        self.0.clone()
    }
}

impl Addresses {
    /// This errand, for a process that has to know where things are.
    pub(super) fn errand(&self, mut what: Value) -> Errand {
        what["stripe"] = self.stripe.clone().into();
        what["own"] = self.own.clone().into();
        Errand(what)
    }
}

/// Does an errand.
pub(crate) async fn run(app: App, says: &Value) -> Value {
    let text = |name: &str| says[name].as_str().unwrap_or_default().to_owned();
    let addresses =
        Addresses { stripe: text("stripe"), own: text("own"), patience: Duration::from_secs(600) };
    let app = app.with_outside(outside(&addresses));
    let partner_id: PartnerId = text("partner").parse().unwrap();
    let asking = Asking {
        owner: Some(partner_id),
        actor: Actor { kind: ActorKind::System, id: "test".into(), name: "a test".into() },
        request_id: text("request"),
        ip: String::new(),
        repeat: None,
    };
    match text("does").as_str() {
        "pay" => {
            let method_id = text("method").parse().unwrap();
            let wanted = Collect::with(text("invoice").parse().unwrap(), method_id);
            app.collect(partner_id, &wanted).await.unwrap();
        }
        "refund" => {
            let wanted = WantedRefund {
                invoice_id: text("invoice").parse().unwrap(),
                amount: says["amount"].as_i64().map(Minor::new),
                destination: Destination::Card,
                reason: String::new(),
            };
            app.refund(&asking, partner_id, &wanted).await.unwrap();
        }
        "top_up" => {
            app.top_up(&asking, partner_id, Minor::new(1_000)).await.unwrap();
        }
        "due" => {
            let until = Timestamp::parse(&text("until")).unwrap();
            app.run_due(Some(until)).await.unwrap();
        }
        other => panic!("{other:?} is nothing that is done"),
    }
    json!({})
}
