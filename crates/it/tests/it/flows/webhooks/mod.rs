//! Webhooks, from the event to the receiver.

mod endpoints;
mod failing;
mod sender;
mod sending;

use app::{
    error::AppError,
    webhooks::{NewEndpoint, NewSecret, deliveries::Delivery},
};
use domain::{
    account::Partner,
    ids::EndpointId,
    webhook::{catalogue::EVENT_TYPES, signature::SigningSecret},
};

use crate::harness::{Engine, World, process::local_sender, receiver::Receiver};

/// A partner whose webhooks go to this machine.
struct Hooked {
    world: World,
    partner: Partner,
}

impl Hooked {
    async fn fresh(engine: Engine) -> Option<Self> {
        let (mut world, partner) = World::with_partner(engine).await?;
        world.app.outside = local_sender();
        Some(Self { world, partner })
    }

    /// An endpoint that is sent these events.
    async fn endpoint(&self, receiver: &Receiver, types: &[&str]) -> NewSecret {
        self.try_endpoint(&receiver.url, types).await.unwrap()
    }

    async fn try_endpoint(&self, url: &str, types: &[&str]) -> Result<NewSecret, AppError> {
        let new = NewEndpoint {
            url: url.to_owned(),
            description: "for tests".to_owned(),
            event_types: types.iter().map(|name| (*name).to_owned()).collect(),
        };
        self.world.app.create_webhook_endpoint(self.partner.partner_id, &new).await
    }

    /// Sends everything that is due; how many attempts succeeded and failed.
    async fn deliver(&self) -> (u64, u64) {
        let app = &self.world.app;
        let report = app.deliver_webhooks(app.clock.now()).await.unwrap();
        (report.delivered, report.failed)
    }

    /// The endpoint's deliveries, the newest first.
    async fn deliveries(&self, endpoint_id: EndpointId) -> Vec<Delivery> {
        let (app, partner_id) = (&self.world.app, self.partner.partner_id);
        app.webhook_deliveries(partner_id, (endpoint_id, None), 100).await.unwrap()
    }
}

// WHK-03, WHK-22 receivers are told of every event, and of signatures that are right
#[test]
fn the_paper_for_receivers_is_complete() {
    let place = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/webhooks.md");
    let paper = std::fs::read_to_string(place).unwrap();
    for known in EVENT_TYPES {
        assert!(paper.contains(&format!("`{}`", known.name)), "{}", known.name);
        assert!(paper.contains(&format!("| {} |", known.category)), "{}", known.category);
    }
    let secret = "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
    let body = br#"{"id":"evt_1","type":"tenant.created"}"#;
    let current = SigningSecret::parse(secret).unwrap();
    for text in [secret, &current.plain(body), &current.standard("evt_1", 1_777_593_600, body)] {
        assert!(paper.contains(text), "{text}");
    }
}
