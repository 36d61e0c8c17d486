//! Kept calls as lists.
//!
//! Decided here: a tenant's calls are in the order of their ends and then ids, a partner's in the
//! order of their ids, whose first bits are the end to the millisecond; so both follow a key that
//! is there anyway, and adding calls pays for no further index.

use domain::{
    call::Call,
    cdr::Direction,
    ids::{CallId, PartnerId, TenantId},
    paging::{Page, PageRequest},
    phone::CallClass,
    time::Timestamp,
};

use crate::{
    calls::{CallRow, select_calls},
    db::Tx,
    error::StoreError,
    listing::List,
};

/// Which calls are wanted; what is absent does not matter.
#[derive(Debug, Clone, Default)]
pub struct CallFilter {
    /// Only of these tenants.
    pub tenants: Option<Vec<TenantId>>,
    /// Of this tenant.
    pub tenant_id: Option<TenantId>,
    /// From this number, as the switch wrote it.
    pub from: Option<String>,
    /// To this number, as the switch wrote it.
    pub to: Option<String>,
    /// With these digits in either number.
    pub number: Option<String>,
    /// Inbound, outbound or internal.
    pub direction: Option<Direction>,
    /// Local or toll-free.
    pub class: Option<CallClass>,
    /// `rated`, `free` or `unrated`.
    pub outcome: Option<&'static str>,
    /// With this extension.
    pub extension: Option<String>,
    /// Added by this batch.
    pub batch_id: Option<domain::ids::BatchId>,
    /// Ended then or later.
    pub since: Option<Timestamp>,
    /// Ended before then.
    pub until: Option<Timestamp>,
}

/// A page of the partner's calls: by (end, id) where one tenant is asked for, by id otherwise.
pub async fn list(
    tx: &mut Tx,
    partner_id: PartnerId,
    filter: CallFilter,
    page: &PageRequest,
) -> Result<Page<Call>, StoreError> {
    let digits = filter.number.map(|text| digits_of(&text)).filter(|text| !text.is_empty());
    let list = List::of(select_calls!(""))
        .only("partner_id = $?", [partner_id.to_string().into()])
        .one_of("tenant_id in (select value from json_each($?))", filter.tenants)
        .only_if("tenant_id = $?", filter.tenant_id.map(|it| it.to_string()))
        .only_if("from_number = $?", filter.from)
        .only_if("to_number = $?", filter.to)
        .only_if("direction = $?", filter.direction.map(Direction::as_str))
        .only_if("class = $?", filter.class.map(CallClass::as_str))
        .only_if("outcome = $?", filter.outcome)
        .only_if("extension = $?", filter.extension)
        .only_if("batch_id = $?", filter.batch_id.map(|it| it.to_string()))
        .only_if("ended_at >= $?", filter.since.map(Timestamp::micros))
        .only_if("ended_at < $?", filter.until.map(Timestamp::micros));
    let list = match digits {
        Some(digits) => {
            let like = format!("%{digits}%");
            let either = "from_number like $? or to_number like $?";
            list.only(either, [like.clone().into(), like.into()])
        }
        None => list,
    };
    let page: Page<CallRow> = if filter.tenant_id.is_some() {
        list.page(tx, ("ended_at", "call_id"), page).await?
    } else {
        list.only_if("call_id >= $?", filter.since.map(|at| first_id(at, 0)))
            .only_if("call_id < $?", filter.until.map(|at| first_id(at, 1)))
            .page(tx, ("call_id", "call_id"), page)
            .await?
    };
    page.try_map(Call::try_from)
}

/// The digits of a text: what may stand between wildcards.
fn digits_of(text: &str) -> String {
    text.chars().filter(char::is_ascii_digit).collect()
}

/// No call that ended at least `more` milliseconds after `at` has a smaller id.
fn first_id(at: Timestamp, more: u128) -> String {
    let milliseconds = u128::from(at.micros().max(0).unsigned_abs() / 1_000) + more;
    CallId::from_bits(milliseconds << 80).to_string()
}
