//! Whose call it is: from a record's texts to one tenant and one direction.
//!
//! Decided here (ruling 16): an explicit tenant id, SIP prefix or account code decides; else our
//! own number that was called or that called; else the extension or the SIP prefix of an endpoint.
//! Two answers of the same kind are no answer. What was assigned counts as of the instant of the
//! call, so a number that moved on does not take its old calls along. Never guesses: a record that
//! names an account nobody has is refused, not billed to whoever else it might fit.

use rustc_hash::FxHashMap;

use crate::{
    cdr::{CallRecord, Direction, RecordFields},
    ids::{PartnerId, TenantId},
    phone::{Dialled, E164, HomeArea},
    time::Timestamp,
};

/// A tenant as far as ownership goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TenantParty {
    /// Its partner.
    pub partner_id: PartnerId,
    /// Its id.
    pub tenant_id: TenantId,
    /// Unique on the platform.
    pub sip_prefix: String,
    /// Unique on the platform, where it has one.
    pub account_code: Option<String>,
    /// For seven-digit dialling.
    pub home: HomeArea,
    /// After this instant it takes no calls.
    pub cancelled_at: Option<Timestamp>,
}

/// What belongs to a tenant for a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Holding {
    tenant: usize,
    from: Timestamp,
    until: Option<Timestamp>,
}

impl Holding {
    fn holds_at(&self, instant: Timestamp) -> bool {
        self.from <= instant && self.until.is_none_or(|until| instant < until)
    }
}

/// Everything that says whose a call is. Built once, then only read.
#[derive(Debug, Default)]
pub struct Parties {
    tenants: Vec<TenantParty>,
    by_account: FxHashMap<String, usize>,
    numbers: FxHashMap<E164, Vec<Holding>>,
    extensions: FxHashMap<(usize, String), Vec<Holding>>,
}

/// Whose call a record is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ownership {
    /// The tenant's place in [`Parties::tenants`].
    pub tenant: usize,
    /// Which way the call ran.
    pub direction: Direction,
    /// The tenant's own number in the call, where it shows one.
    pub own_number: Option<E164>,
    /// The other party.
    pub far: Dialled,
    /// What was dialled.
    pub dialled: Dialled,
    /// The tenant's extension, as it knows it.
    pub extension: Option<String>,
}

/// Why a record has no owner. Names what was looked at.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum OwnerError {
    /// Nothing in the record is ours.
    #[error("no tenant owns {to:?} or {from:?} at that time, and no account is given")]
    Unknown {
        /// The calling side.
        from: String,
        /// The called side.
        to: String,
    },
    /// The account is nobody's.
    #[error("account {0:?} is no tenant's id, SIP prefix or account code here")]
    UnknownAccount(String),
    /// Two tenants have equal claims.
    #[error("{from:?} and {to:?} belong to different tenants, and no account decides")]
    Ambiguous {
        /// The calling side.
        from: String,
        /// The called side.
        to: String,
    },
    /// The tenant was cancelled before the call ended.
    #[error("the tenant with SIP prefix {0:?} was cancelled before the call ended")]
    Cancelled(String),
}

impl OwnerError {
    /// The stable code of this reason.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Unknown { .. } => "unknown_owner",
            Self::UnknownAccount(_) => "unknown_account",
            Self::Ambiguous { .. } => "ambiguous_owner",
            Self::Cancelled(_) => "tenant_cancelled",
        }
    }
}

/// One side of a record.
struct Side<'a> {
    text: &'a str,
    dialled: Dialled,
    /// Who held the number when the call was rated.
    by_number: Option<usize>,
    /// Whose endpoint it is.
    by_endpoint: Option<usize>,
}

impl Parties {
    /// Adds a tenant and answers its place.
    pub fn add_tenant(&mut self, party: TenantParty) -> usize {
        let place = self.tenants.len();
        self.by_account.insert(party.tenant_id.to_string(), place);
        self.by_account.insert(party.sip_prefix.to_ascii_lowercase(), place);
        if let Some(code) = &party.account_code {
            self.by_account.insert(code.to_ascii_lowercase(), place);
        }
        self.tenants.push(party);
        place
    }
    /// The number is the tenant's from `from` until `until`.
    pub fn add_number(
        &mut self,
        tenant: usize,
        number: E164,
        (from, until): (Timestamp, Option<Timestamp>),
    ) {
        self.numbers.entry(number).or_default().push(Holding { tenant, from, until });
    }
    /// The extension is the tenant's from `from` until `until`.
    pub fn add_extension(
        &mut self,
        tenant: usize,
        name: &str,
        (from, until): (Timestamp, Option<Timestamp>),
    ) {
        let key = (tenant, name.to_ascii_lowercase());
        self.extensions.entry(key).or_default().push(Holding { tenant, from, until });
    }
    /// All tenants, in the order they were added.
    pub fn tenants(&self) -> &[TenantParty] {
        &self.tenants
    }

    /// Whose call `record` is; numbers without a country code are read at `home`.
    pub fn owner_of(&self, record: &CallRecord, home: &HomeArea) -> Result<Ownership, OwnerError> {
        let fields = record.fields();
        let at = record.rated_at();
        let account = match &fields.account {
            Some(account) if !account.is_empty() => Some(self.account(account)?),
            _ => None,
        };
        let home = account.map_or(home, |tenant| &self.tenants[tenant].home);
        let from = self.side(&fields.from, home, at);
        let to = self.side(&fields.to, home, at);
        let (tenant, direction) = match account {
            Some(tenant) => (tenant, self.direction_of(tenant, fields, (&from, &to))),
            None => self.without_account(fields, &from, &to)?,
        };
        let party = &self.tenants[tenant];
        if party.cancelled_at.is_some_and(|cancelled| fields.ended_at > cancelled) {
            return Err(OwnerError::Cancelled(party.sip_prefix.clone()));
        }
        let (own, far) = match direction {
            Direction::Inbound => (&to, &from),
            Direction::Outbound | Direction::Internal => (&from, &to),
        };
        Ok(Ownership {
            tenant,
            direction,
            own_number: own.dialled.number(),
            far: far.dialled,
            dialled: to.dialled,
            extension: self.extension(tenant, fields, own),
        })
    }

    fn account(&self, account: &str) -> Result<usize, OwnerError> {
        let found = self.by_account.get(account);
        let found = found.or_else(|| self.by_account.get(&account.to_ascii_lowercase()));
        found.copied().ok_or_else(|| OwnerError::UnknownAccount(account.to_owned()))
    }

    fn side<'a>(&self, text: &'a str, home: &HomeArea, at: Timestamp) -> Side<'a> {
        let dialled = Dialled::parse(text, home);
        let by_number = dialled.number().and_then(|number| {
            let holdings = self.numbers.get(&number)?;
            holdings.iter().find(|holding| holding.holds_at(at)).map(|holding| holding.tenant)
        });
        let by_endpoint = match dialled {
            Dialled::Endpoint => self.endpoint_owner(text),
            _ => None,
        };
        Side { text, dialled, by_number, by_endpoint }
    }

    /// Endpoints are named `prefix_extension`.
    fn endpoint_owner(&self, text: &str) -> Option<usize> {
        let (prefix, _) = endpoint_name(text).split_once('_')?;
        let tenant = *self.by_account.get(&prefix.to_ascii_lowercase())?;
        self.tenants[tenant].sip_prefix.eq_ignore_ascii_case(prefix).then_some(tenant)
    }

    /// Whether this side is the tenant's: its number, its endpoint, or a bare extension of it.
    fn is_own(&self, tenant: usize, side: &Side<'_>) -> bool {
        side.by_number == Some(tenant)
            || side.by_endpoint == Some(tenant)
            || (matches!(side.dialled, Dialled::Endpoint)
                && side.by_endpoint.is_none()
                && self
                    .extensions
                    .contains_key(&(tenant, endpoint_name(side.text).to_ascii_lowercase())))
    }

    /// The direction as the source says it, else as the sides show it. An account without any
    /// side of its own is one that calls out under a caller id that is not ours.
    fn direction_of(
        &self,
        tenant: usize,
        fields: &RecordFields,
        (from, to): (&Side<'_>, &Side<'_>),
    ) -> Direction {
        if let Some(direction) = fields.direction {
            return direction;
        }
        match (self.is_own(tenant, from), self.is_own(tenant, to)) {
            (true, true) => Direction::Internal,
            (false, true) => Direction::Inbound,
            (true, false) | (false, false) => Direction::Outbound,
        }
    }

    fn without_account(
        &self,
        fields: &RecordFields,
        from: &Side<'_>,
        to: &Side<'_>,
    ) -> Result<(usize, Direction), OwnerError> {
        let by_number = (from.by_number, to.by_number);
        let mut by_endpoint = (from.by_endpoint, to.by_endpoint);
        if by_endpoint == (None, None)
            && let Some(extension) = &fields.extension
        {
            by_endpoint.0 = self.endpoint_owner(extension);
        }
        let ambiguous =
            || OwnerError::Ambiguous { from: from.text.to_owned(), to: to.text.to_owned() };
        for (caller, called) in [by_number, by_endpoint] {
            let (caller, called) = match fields.direction {
                Some(Direction::Inbound) => (None, called),
                Some(Direction::Outbound) => (caller, None),
                _ => (caller, called),
            };
            match (caller, called) {
                (None, None) => {}
                (Some(a), Some(b)) if a != b => return Err(ambiguous()),
                (Some(tenant), _) | (_, Some(tenant)) => {
                    return Ok((tenant, self.direction_of(tenant, fields, (from, to))));
                }
            }
        }
        Err(OwnerError::Unknown { from: from.text.to_owned(), to: to.text.to_owned() })
    }

    fn extension(&self, tenant: usize, fields: &RecordFields, own: &Side<'_>) -> Option<String> {
        let prefix = &self.tenants[tenant].sip_prefix;
        let given = fields.extension.as_deref();
        let own = matches!(own.dialled, Dialled::Endpoint).then_some(own.text);
        let name = endpoint_name(given.or(own)?);
        let bare = name.split_once('_').filter(|(head, _)| head.eq_ignore_ascii_case(prefix));
        Some(bare.map_or(name, |(_, extension)| extension).to_owned())
    }
}

/// The user part of an endpoint: `acme_101` of `sip:acme_101@host:5060`.
fn endpoint_name(text: &str) -> &str {
    let text = text.trim();
    let text = text.split_once(':').map_or(text, |(scheme, rest)| {
        if scheme.eq_ignore_ascii_case("sip") || scheme.eq_ignore_ascii_case("sips") {
            rest
        } else {
            text
        }
    });
    text.split_once('@').map_or(text, |(user, _)| user)
}

#[cfg(test)]
mod tests;
