//! People who sign in: whose they are, what they may do, and in whose place.
//!
//! Decided here: two roles per layer (USR-02, USR-08), what each may do, who may act in whose place
//! (TNT-21), and that an account never loses its last administrator (USR-06). Permissions are
//! asked of a [`Standing`], which knows the person's own account and the one that is looked at, so
//! that somebody who manages another account can never do more there than its administrator.

use std::fmt;

use crate::{
    ids::{PartnerId, TenantId, UserId},
    time::{Timestamp, Zone},
};

/// An account that people belong to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Account {
    /// The operator's.
    Operator,
    /// A partner's.
    Partner(PartnerId),
    /// A tenant's.
    Tenant(PartnerId, TenantId),
}

/// A layer of accounts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Layer {
    /// Runs the platform.
    Operator,
    /// Resells it.
    Partner,
    /// Uses it.
    Tenant,
}

impl Account {
    /// Its layer.
    pub const fn layer(self) -> Layer {
        match self {
            Self::Operator => Layer::Operator,
            Self::Partner(_) => Layer::Partner,
            Self::Tenant(..) => Layer::Tenant,
        }
    }

    /// The partner it is, or belongs to.
    pub const fn partner(self) -> Option<PartnerId> {
        match self {
            Self::Operator => None,
            Self::Partner(partner_id) | Self::Tenant(partner_id, _) => Some(partner_id),
        }
    }

    /// The tenant it is.
    pub const fn tenant(self) -> Option<TenantId> {
        match self {
            Self::Operator | Self::Partner(_) => None,
            Self::Tenant(_, tenant_id) => Some(tenant_id),
        }
    }

    /// The account above it.
    pub const fn parent(self) -> Option<Self> {
        match self {
            Self::Operator => None,
            Self::Partner(_) => Some(Self::Operator),
            Self::Tenant(partner_id, _) => Some(Self::Partner(partner_id)),
        }
    }

    /// The account of these ids.
    pub const fn of(partner: Option<PartnerId>, tenant: Option<TenantId>) -> Self {
        match (partner, tenant) {
            (None, _) => Self::Operator,
            (Some(partner_id), None) => Self::Partner(partner_id),
            (Some(partner_id), Some(tenant_id)) => Self::Tenant(partner_id, tenant_id),
        }
    }
}

/// What somebody is in an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    /// Everything at the operator's.
    OperatorAdmin,
    /// Looks at what the operator has.
    OperatorViewer,
    /// Everything at a partner's.
    PartnerAdmin,
    /// Looks at what a partner has.
    PartnerUser,
    /// Everything at a tenant's.
    TenantAdmin,
    /// Looks at what a tenant has, its bills excepted.
    TenantUser,
}

/// Something that not everybody may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Ability {
    /// Look at the account.
    Look,
    /// Look at invoices and payments (TPO-01).
    SeeBilling,
    /// Change anything.
    Change,
    /// Invite, promote and remove people.
    ManageUsers,
    /// Act in the place of an account below.
    ActBelow,
}

impl Ability {
    /// All of them.
    pub const ALL: [Self; 5] =
        [Self::Look, Self::SeeBilling, Self::Change, Self::ManageUsers, Self::ActBelow];
}

impl Role {
    /// All of them, the stronger of each layer first.
    pub const ALL: [Self; 6] = [
        Self::OperatorAdmin,
        Self::OperatorViewer,
        Self::PartnerAdmin,
        Self::PartnerUser,
        Self::TenantAdmin,
        Self::TenantUser,
    ];

    /// The stable name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::OperatorAdmin => "operator_admin",
            Self::OperatorViewer => "operator_viewer",
            Self::PartnerAdmin => "partner_admin",
            Self::PartnerUser => "partner_user",
            Self::TenantAdmin => "tenant_admin",
            Self::TenantUser => "tenant_user",
        }
    }

    /// For people.
    pub const fn title(self) -> &'static str {
        match self {
            Self::OperatorAdmin => "Operator Admin",
            Self::OperatorViewer => "Operator Viewer",
            Self::PartnerAdmin => "Partner Admin",
            Self::PartnerUser => "Partner User",
            Self::TenantAdmin => "Tenant Admin",
            Self::TenantUser => "User",
        }
    }

    /// The role with this name.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.as_str() == text)
    }

    /// The layer it belongs to.
    pub const fn layer(self) -> Layer {
        match self {
            Self::OperatorAdmin | Self::OperatorViewer => Layer::Operator,
            Self::PartnerAdmin | Self::PartnerUser => Layer::Partner,
            Self::TenantAdmin | Self::TenantUser => Layer::Tenant,
        }
    }

    /// Who may do everything in a layer.
    pub const fn admin_of(layer: Layer) -> Self {
        match layer {
            Layer::Operator => Self::OperatorAdmin,
            Layer::Partner => Self::PartnerAdmin,
            Layer::Tenant => Self::TenantAdmin,
        }
    }

    /// The roles of a layer, the stronger first.
    pub const fn of(layer: Layer) -> [Self; 2] {
        match layer {
            Layer::Operator => [Self::OperatorAdmin, Self::OperatorViewer],
            Layer::Partner => [Self::PartnerAdmin, Self::PartnerUser],
            Layer::Tenant => [Self::TenantAdmin, Self::TenantUser],
        }
    }

    /// Whether it may do everything in its account.
    pub fn is_admin(self) -> bool {
        self == Self::admin_of(self.layer())
    }

    /// Whether it may do this in its own account.
    pub fn may(self, ability: Ability) -> bool {
        match ability {
            Ability::Look => true,
            Ability::SeeBilling => self != Self::TenantUser,
            Ability::Change | Ability::ManageUsers => self.is_admin(),
            Ability::ActBelow => self.is_admin() && self.layer() != Layer::Tenant,
        }
    }
}

/// A person at an account: the own one, or one that is managed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standing {
    home: Account,
    role: Role,
    at: Account,
}

/// Somebody may not act there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a {} may not act in the place of this account", .0.title())]
pub struct NotBelow(Role);

impl Standing {
    /// At the own account.
    pub const fn home(home: Account, role: Role) -> Self {
        Self { home, role, at: home }
    }

    /// The same person at `account`: its own, or one below that its role lets it manage.
    pub fn at(self, account: Account) -> Result<Self, NotBelow> {
        let is_below = match (self.home, account) {
            (Account::Operator, Account::Partner(_) | Account::Tenant(..)) => true,
            (Account::Partner(own), Account::Tenant(partner_id, _)) => own == partner_id,
            _ => false,
        };
        if account == self.home || (is_below && self.role.may(Ability::ActBelow)) {
            return Ok(Self { at: account, ..self });
        }
        Err(NotBelow(self.role))
    }

    /// One step back up towards the own account.
    pub fn up(self) -> Self {
        let above = self.at.parent().filter(|_| self.is_acting());
        Self { at: above.unwrap_or(self.home), ..self }
    }

    /// The person's own account.
    pub const fn own(self) -> Account {
        self.home
    }

    /// The person's own role.
    pub const fn own_role(self) -> Role {
        self.role
    }

    /// The account that is looked at.
    pub const fn account(self) -> Account {
        self.at
    }

    /// What the person is there.
    pub fn role(self) -> Role {
        if self.is_acting() { Role::admin_of(self.at.layer()) } else { self.role }
    }

    /// Whether the account is not the own one.
    pub fn is_acting(self) -> bool {
        self.at != self.home
    }

    /// Whether the person may do this there.
    pub fn may(self, ability: Ability) -> bool {
        self.role().may(ability)
    }
}

/// A mail address of a person, without what would end a header's line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Email(String);

/// Not a mail address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be one mail address such as name@example.com")]
pub struct NotEmail;

impl Email {
    /// Longest address in bytes (RFC 5321).
    const MAX: usize = 254;

    /// The address in a text.
    pub fn parse(text: &str) -> Result<Self, NotEmail> {
        let text = text.trim();
        let (local, host) = text.rsplit_once('@').ok_or(NotEmail)?;
        let is_right = text.len() <= Self::MAX
            && !local.is_empty()
            && !local.contains('@')
            && !host.is_empty()
            && !host.starts_with('.')
            && !host.ends_with('.')
            && text.chars().all(|it| it.is_ascii_graphic() && !"<>,;\"()[]\\".contains(it));
        if is_right { Ok(Self(text.to_owned())) } else { Err(NotEmail) }
    }

    /// As it was written.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What makes two addresses the same: letters count without their case (USR-07).
    pub fn key(&self) -> String {
        self.0.to_ascii_lowercase()
    }
}

impl fmt::Display for Email {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Light or dark pages.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Theme {
    /// As the reader's device says.
    #[default]
    System,
    /// Light.
    Light,
    /// Dark.
    Dark,
}

impl Theme {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::System, Self::Light, Self::Dark];

    /// The stable name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::System => "system",
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }

    /// The theme with this name.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|theme| theme.as_str() == text)
    }
}

/// Whether a second factor is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TwoFactor {
    /// Not asked for.
    Off,
    /// A secret is there but no code of it was shown yet; not asked for.
    Pending,
    /// Asked for at each sign-in (AUT-06).
    On,
}

/// How a person stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UserState {
    /// Has not set a password yet.
    Invited,
    /// Signs in.
    Active,
    /// Is gone for good; what was done stays written down.
    Removed,
}

impl UserState {
    /// The stable name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Invited => "invited",
            Self::Active => "active",
            Self::Removed => "removed",
        }
    }
}

/// A person who signs in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct User {
    /// Its id.
    pub user_id: UserId,
    /// Where it belongs, for good.
    pub account: Account,
    /// Where its mails go, and its name at sign-in.
    pub email: Email,
    /// For people.
    pub name: String,
    /// What it may do.
    pub role: Role,
    /// Its own zone; the account's where there is none.
    pub zone: Option<Zone>,
    /// Light or dark.
    pub theme: Theme,
    /// How it stands.
    pub state: UserState,
    /// When its address was confirmed; not yet where there is none (AUT-02).
    pub verified_at: Option<Timestamp>,
    /// Whether a code is asked for.
    pub two_factor: TwoFactor,
    /// When it last signed in.
    pub last_login_at: Option<Timestamp>,
    /// When its invitation ends, while it is invited.
    pub invited_until: Option<Timestamp>,
    /// When it was created.
    pub created_at: Timestamp,
    /// Grows with each change.
    pub version: i64,
}

/// Why a person cannot be removed or demoted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum KeepRefusal {
    /// Nobody would be left who may do everything.
    #[error("this is the last {}, so make somebody else one first", .0.title())]
    LastAdmin(Role),
    /// It is the person who asks.
    #[error("nobody removes or demotes themself: ask another administrator")]
    Oneself,
}

/// Whether `user` may stop being what it is, when `asker` asks and `admins` active administrators
/// are in the account, `user` included where it is one (USR-06).
pub fn may_lose(user: &User, asker: Option<UserId>, admins: u64) -> Result<(), KeepRefusal> {
    if asker == Some(user.user_id) {
        return Err(KeepRefusal::Oneself);
    }
    if user.role.is_admin() && user.state == UserState::Active && admins <= 1 {
        return Err(KeepRefusal::LastAdmin(user.role));
    }
    Ok(())
}

#[cfg(test)]
mod tests;
