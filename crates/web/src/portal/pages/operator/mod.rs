//! The operator's console: partners, their money, what came in, what failed, the clock (LAY-09).
//!
//! Decided here: which pages it has. They are the operator's alone: for everybody else they do not
//! exist (LAY-05). Changes that move money or service ask once more or carry their own name, so
//! that a form sent twice does its work once.

mod audit;
mod clock;
mod disputes;
mod health;
mod home;
mod imports;
mod jobs;
mod new_partner;
mod partner;
mod partners;
mod rates;
mod rejects;
mod settlements;
mod terms;
mod wallet;

use app::{
    App,
    error::{AppError, FieldError},
};
use axum::{Router, http::StatusCode};
use domain::{
    ids::PartnerId,
    money::{Currency, Micros},
    time::{Timestamp, Zone},
};

pub(super) use self::home::show as home;

use crate::portal::{
    Portal,
    change::Refusal,
    guest::{Fault, Guest},
    shell,
};

#[cfg(test)]
pub(super) use self::{
    audit::Audit,
    clock::ClockPage,
    disputes::{DisputePage, Disputes},
    health::Health,
    home::OperatorHome,
    imports::Imports,
    jobs::{Deliveries, Jobs},
    new_partner::NewPartnerPage,
    partner::{PartnerPage, Suspend},
    partners::Partners,
    rates::Rates,
    rejects::{RejectPage, Rejects},
    settlements::Settlements,
    terms::TermsPage,
    wallet::WalletPage,
};

/// The pages.
pub(crate) fn routes() -> Router<Portal> {
    Router::new()
        .merge(audit::routes())
        .merge(clock::routes())
        .merge(disputes::routes())
        .merge(health::routes())
        .merge(imports::routes())
        .merge(jobs::routes())
        .merge(new_partner::routes())
        .merge(partner::routes())
        .merge(partners::routes())
        .merge(rates::routes())
        .merge(rejects::routes())
        .merge(settlements::routes())
        .merge(terms::routes())
        .merge(wallet::routes())
}

/// The partner that an address names.
fn partner_id(id: &str) -> Result<PartnerId, Fault> {
    id.parse().map_err(|_| Fault::Nowhere)
}

/// An instant as the person who looks reads it.
fn minute(zone: &Zone, at: Timestamp) -> String {
    zone.display_minute(at)
}

/// Ledger money for people, to the minor unit.
fn micros(currency: Currency, amount: Micros) -> String {
    currency.display(currency.round_micros(amount))
}

/// A word of an enumeration as people read it: `past_due` as `Past due`.
fn word(name: &str) -> String {
    let mut text = name.replace('_', " ");
    if let Some(first) = text.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    text
}

/// A count that ends somewhere: `1,000+`.
fn at_most(count: i64) -> String {
    if count > app::console::MANY {
        format!("{}+", domain::money::grouped(&app::console::MANY.to_string()))
    } else {
        count.to_string()
    }
}

/// What a form is answered with where it was refused: a status and what is wrong.
type Refused = (StatusCode, Vec<FieldError>);

/// An error that the form's page tells; others are pages of their own.
fn refused(error: AppError) -> Result<Refused, Fault> {
    let mut refusal = Refusal::of(error)?;
    if refusal.is_stale.is_some() {
        let message = "This was changed by somebody else meanwhile. Look at what is there now, \
                       then send the form again."
            .to_owned();
        refusal.errors = vec![FieldError { field: String::new(), message }];
    }
    Ok((refusal.status, refusal.errors))
}

/// Does `work` as one change that is written down in the operator's log.
async fn noted<F>(
    guest: &Guest,
    (asking, action): (app::requests::Asking, &'static str),
    work: F,
) -> Result<Result<(), Refused>, Fault>
where
    F: AsyncFn(&App) -> app::error::Result<String> + Send + 'static,
{
    let done = guest
        .portal
        .run(async move |app| app.noted(&asking, (action, None), async |app| work(app).await).await)
        .await;
    match done {
        Ok(()) => Ok(Ok(())),
        Err(error) => Ok(Err(refused(error)?)),
    }
}

/// What happened before a page, told once by the address that led here.
fn notice(query: Option<&str>) -> Option<&'static str> {
    const NOTICES: &[(&str, &str)] = &[
        ("created", "The partner was created. Invite its people from its own portal."),
        ("suspended", "The partner is suspended: calls of its tenants do not go through."),
        ("lifted", "The suspension was lifted."),
        ("terms", "The new terms were saved and come into force on their day."),
        ("posted", "The new rates are posted, and partners of the tier were told."),
        ("moved", "The wallet was adjusted."),
        ("settled", "The settlement is marked as paid."),
        ("dismissed", "The row was dismissed. It is kept and not tried again."),
        ("tried", "Rows that could be read are calls now; the rest stays here."),
        ("evidence", "The evidence was recorded."),
        ("outcome", "The outcome was recorded."),
        ("clock", "The clock was moved, and everything due on the way was done."),
        ("moving", "The clock is on its way. Look again in a moment."),
    ];
    let done = query?.split('&').find_map(|pair| pair.strip_prefix("done="))?;
    let own = NOTICES.iter().find(|(code, _)| *code == done).map(|(_, text)| *text);
    own.or_else(|| shell::notice(query))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_and_counts_are_readable() {
        assert_eq!(word("past_due"), "Past due");
        assert_eq!(word(""), "");
        assert_eq!(at_most(7), "7");
        assert_eq!(at_most(1_001), "1,000+");
    }
}
