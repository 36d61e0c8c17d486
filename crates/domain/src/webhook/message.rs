//! The body of a webhook: the same bytes each time it is sent (WHK-05, WHK-13).
//!
//! Decided here: which keys a body has and in which order. What happened is told in the words in
//! which it was recorded; nothing is looked up again when it is sent.

use serde::Serialize;
use serde_json::value::RawValue;

use crate::{
    ids::{EventId, PartnerId},
    time::Timestamp,
};

/// An event as its receivers are told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// The event's id: the same however often it arrives.
    pub event_id: EventId,
    /// Such as `tenant.created`.
    pub kind: String,
    /// When it happened, not when it was sent.
    pub at: Timestamp,
    /// Whose it is.
    pub partner_id: PartnerId,
    /// Its place among all events of the partner, from 1 without gaps.
    pub sequence: i64,
    /// The object's version after it happened.
    pub object_version: i64,
    /// JSON of what happened.
    pub payload: String,
}

/// What was recorded is not JSON.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("what was recorded of {0} is not JSON")]
pub struct NotJson(pub EventId);

#[derive(Serialize)]
struct Body<'a> {
    id: EventId,
    r#type: &'a str,
    created_at: String,
    partner_id: PartnerId,
    sequence: i64,
    object_version: i64,
    data: &'a RawValue,
}

impl Message {
    /// The bytes that are signed and sent.
    pub fn body(&self) -> Result<String, NotJson> {
        let not_json = |_| NotJson(self.event_id);
        let body = Body {
            id: self.event_id,
            r#type: &self.kind,
            created_at: self.at.to_string(),
            partner_id: self.partner_id,
            sequence: self.sequence,
            object_version: self.object_version,
            data: serde_json::from_str(&self.payload).map_err(not_json)?,
        };
        serde_json::to_string(&body).map_err(not_json)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    // WHK-05
    #[test]
    fn a_body_has_its_keys_in_their_order() {
        let mut message = Message {
            event_id: EventId::from_bits(1),
            kind: "tenant.created".to_owned(),
            at: Timestamp::parse("2026-05-01T02:00:00.25+02:00").unwrap(),
            partner_id: PartnerId::from_bits(2),
            sequence: 7,
            object_version: 1,
            payload: r#"{"b": 1.10, "a":"é"}"#.to_owned(),
        };
        let expected = concat!(
            r#"{"id":"evt_00000000000000000000000001","type":"tenant.created","#,
            r#""created_at":"2026-05-01T00:00:00.25Z","#,
            r#""partner_id":"ptr_00000000000000000000000002","sequence":7,"#,
            r#""object_version":1,"data":{"b": 1.10, "a":"é"}}"#
        );
        assert_eq!(message.body().as_deref(), Ok(expected));
        message.payload = "}".to_owned();
        assert_eq!(message.body(), Err(NotJson(message.event_id)));
    }
}
