//! Deleting a deck, after one more look.

use app::{
    error::{AppError, FieldError},
    resource, setup,
};
use axum::{extract::Path, response::Response};
use maud::{Markup, html};

use super::{PATH, one::reached};
use crate::{
    api::write::Outcome,
    portal::{
        change::Refusal,
        guest::{Fault, Guest},
        parts::{Confirm, other_errors},
        shell::{self, Frame, Page},
    },
};

/// Asks once more before a deck goes.
#[derive(Debug)]
pub(in crate::portal) struct Delete {
    id: String,
    name: String,
    seen: i64,
    errors: Vec<FieldError>,
}

impl Page for Delete {
    fn title(&self) -> String {
        "Delete rate deck".to_owned()
    }

    fn body(&self, frame: &Frame) -> Markup {
        let path = format!("{PATH}/{}", self.id);
        let confirm = Confirm {
            question: &format!("Delete {}?", self.name),
            action: &format!("{path}/delete"),
            button: "Delete Rate Deck",
            back: &path,
            seen: Some(self.seen),
        };
        let effects = html! {
            (other_errors(&self.errors, &[]))
            p { "The deck and its versions are gone for good. One that a billing profile names, "
                "or that priced a call, cannot be deleted: what was billed stays explained." }
        };
        confirm.render(frame, &effects, &html! {})
    }

    fn samples() -> Vec<Self> {
        let error = FieldError { field: String::new(), message: "It priced calls.".to_owned() };
        let (id, name) = ("dck_00000000000000000000000001".to_owned(), "<b>A</b>".to_owned());
        vec![Self { id, name, seen: 2, errors: vec![error] }]
    }
}

impl Delete {
    fn of(deck: &setup::Deck, errors: Vec<FieldError>) -> Self {
        let (id, name) = (deck.deck_id.to_string(), deck.name.clone());
        Self { id, name, seen: deck.version, errors }
    }
}

pub(super) async fn ask(guest: Guest, Path(id): Path<String>) -> Result<Response, Fault> {
    let deck = reached(&guest, &id).await?;
    Ok(shell::show(&guest, &Delete::of(&deck, Vec::new())))
}

pub(super) async fn delete(guest: Guest, Path(id): Path<String>) -> Result<Response, Fault> {
    let deck = reached(&guest, &id).await?;
    let (partner_id, deck_id) = (guest.partner_id()?, deck.deck_id);
    let seen: i64 = guest.fields.get("seen").parse().unwrap_or(-1);
    let deleted = guest.write(async move |app| {
        let before = app.deck(Some(partner_id), deck_id).await?;
        if before.version != seen {
            let why = "it was changed meanwhile; look at it again";
            return Err(AppError::Refused(why.to_owned()));
        }
        app.delete_deck(partner_id, deck_id).await?;
        let before = resource::RateDeck::from(&before);
        Outcome::gone().audited("rate_deck.delete", deck_id, Some(&before))
    });
    match deleted.await? {
        Ok(()) => Ok(guest.go(&format!("{PATH}?done=gone"))),
        Err(error) => {
            let Refusal { status, errors, .. } = Refusal::of(error)?;
            Ok(shell::with_status(&guest, status, &Delete::of(&deck, errors)))
        }
    }
}
