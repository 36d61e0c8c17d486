//! Edits: how a profile gets its next version.
//!
//! Decided here: an edit names the fields it changes and leaves the others; the result is checked
//! as a whole; a version that would say the same is not made. The old version stays as it is, so
//! that issued invoices and running periods never change (PRO-15).

use super::{
    BaseFeeTiming, BillingCycle, Included, MinuteRates, PricingModel, ProfileTerms, ProfileVersion,
    TermsErrors, TrialTerms, UsageScope, validate,
};
use crate::{
    cycle::Every,
    ids::DeckId,
    money::{Minor, Nanos},
};

macro_rules! profile_edit {
    ($($(#[$doc:meta])* $field:ident: $type:ty,)*) => {
        /// Fields to change; those that are absent stay. `Some(None)` empties a field.
        #[derive(Debug, Clone, PartialEq, Eq, Default)]
        pub struct ProfileEdit {
            $($(#[$doc])* pub $field: Option<$type>,)*
        }
        impl ProfileEdit {
            /// `terms` with the changed fields.
            fn on(self, mut terms: ProfileTerms) -> ProfileTerms {
                $(if let Some(value) = self.$field { terms.$field = value; })*
                terms
            }
        }
    };
}

profile_edit! {
    /// Shown to partners and on the invoice.
    name: String,
    /// How units are charged.
    model: PricingModel,
    /// Where boundaries lie.
    cycle: BillingCycle,
    /// The length of a cycle.
    every: Every,
    /// Fee per period.
    base_fee: Minor,
    /// When the fee is due.
    base_fee_timing: BaseFeeTiming,
    /// Extensions the fee covers.
    included_extensions: Included,
    /// Numbers the fee covers.
    included_dids: Included,
    /// Minutes the fee covers.
    included_minutes: Included,
    /// Per extension and period.
    extension_rate: Nanos,
    /// Per standard number and period.
    did_rate: Nanos,
    /// Per toll-free number and period.
    toll_free_did_rate: Nanos,
    /// Per minute of usage.
    minute_rates: MinuteRates,
    /// A deck that prices calls before the minute rates do.
    deck: Option<DeckId>,
    /// Which calls are charged.
    usage_scope: UsageScope,
    /// Days from issue to due.
    terms_days: Option<u16>,
    /// Whether a period that comes to nothing still gets an invoice.
    invoice_zero_totals: bool,
    /// A trial's length and where it leads.
    trial: Option<TrialTerms>,
}

impl ProfileVersion {
    /// The version that `edit` makes of this one; the same version if nothing changes.
    pub fn next(&self, edit: ProfileEdit) -> Result<Self, TermsErrors> {
        let terms = edit.on(self.terms.clone());
        validate(&terms)?;
        let version = if terms == self.terms { self.version } else { self.version + 1 };
        Ok(Self { profile_id: self.profile_id, version, terms })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{ids::ProfileId, money::Currency, profile::automatic_profiles};

    fn version() -> ProfileVersion {
        let [_, flat] = automatic_profiles(Currency::USD);
        ProfileVersion { profile_id: ProfileId::from_bits(1), version: 3, terms: flat }
    }

    // PRO-04 PRO-10 PRO-15
    #[test]
    fn an_edit_makes_the_next_version_and_leaves_the_old_one() {
        let old = version();
        let edit = ProfileEdit {
            base_fee: Some(Minor::new(14_900)),
            terms_days: Some(Some(30)),
            ..ProfileEdit::default()
        };
        let new = old.next(edit).expect("valid");
        assert_eq!((new.version, new.terms.base_fee), (4, Minor::new(14_900)));
        assert_eq!(new.terms.included_minutes, Included::UpTo(500));
        assert_eq!(old.terms.base_fee, Minor::new(9_900));
        let back = ProfileEdit { terms_days: Some(None), ..ProfileEdit::default() };
        assert_eq!(new.next(back).expect("valid").terms.terms_days, None);
    }

    #[test]
    fn an_edit_that_changes_nothing_makes_no_version() {
        let same = ProfileEdit { base_fee: Some(Minor::new(9_900)), ..ProfileEdit::default() };
        assert_eq!(version().next(same), Ok(version()));
    }

    // PRO-19
    #[test]
    fn a_wrong_edit_is_refused() {
        let bad = ProfileEdit { did_rate: Some(Nanos::new(-1)), ..ProfileEdit::default() };
        assert_eq!(version().next(bad).expect_err("refused").0[0].field, "did_rate");
    }
}
