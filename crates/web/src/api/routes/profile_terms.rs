//! What a billing profile says, as programs write it: for profiles and for simulations.
//!
//! Decided here: what is filled in where a new profile leaves something out, and how texts become
//! prices. Every wrong field is named, not only the first; which values are allowed is decided in
//! `domain::profile`.

use app::{
    error::{AppError, FieldError, Result},
    resource::Decimal,
};
use domain::{
    cycle::Every,
    ids::{DeckId, ProfileId},
    money::{Currency, Minor, Nanos},
    profile::{
        BaseFeeTiming, BillingCycle, Included, MinuteRates, PricingModel, ProfileEdit,
        ProfileTerms, ProfileVersion, TermsErrors, TrialTerms, UsageScope,
    },
};
use serde::Deserialize;
use utoipa::ToSchema;

/// A trial's length and what it turns into.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct TrialInput {
    /// Days from the tenant's creation to the conversion.
    #[schema(minimum = 1, maximum = 3650, example = 30)]
    pub(crate) days: u16,
    /// The billing profile it converts to; no trial itself.
    #[schema(value_type = String, example = "prf_01k9zq4v8m6s3t2r1p0n9m8k7j")]
    pub(crate) convert_to: ProfileId,
}

macro_rules! terms_input {
    ($(#[$meta:meta])* $name:ident { name: $name_kind:ty, model: $model_kind:ty }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Deserialize, ToSchema)]
        #[serde(deny_unknown_fields)]
        pub(crate) struct $name {
            /// Shown on invoices.
            #[schema(min_length = 1, max_length = 80, example = "Small Office")]
            pub(crate) name: $name_kind,
            /// `payg` charges every unit; `flat_rate` has a base fee that includes quantities.
            #[schema(value_type = String, pattern = "^(payg|flat_rate)$", example = "flat_rate")]
            pub(crate) model: $model_kind,
            /// Whether periods begin on the day of activation or on the first of a month. A new
            /// profile has `calendar_month` where it is `payg`, otherwise `anniversary`.
            #[schema(value_type = Option<String>, pattern = "^(anniversary|calendar_month)$")]
            pub(crate) cycle: Option<BillingCycle>,
            /// How long a period is; a new profile's is a month.
            #[schema(value_type = Option<String>, pattern = "^(day|week|month|quarter|year)$")]
            pub(crate) every: Option<Every>,
            /// Fee per period.
            #[schema(value_type = Option<String>, example = "99.00")]
            pub(crate) base_fee: Option<Decimal>,
            /// Whether the fee is billed after the period or at its start.
            #[schema(value_type = Option<String>, pattern = "^(arrears|advance)$")]
            pub(crate) base_fee_timing: Option<BaseFeeTiming>,
            /// Extensions that the fee covers; null for any number.
            #[serde(default, deserialize_with = "crate::api::body::given")]
            #[schema(value_type = Option<u32>, example = 5)]
            pub(crate) included_extensions: Option<Option<u32>>,
            /// Phone numbers that the fee covers; null for any number.
            #[serde(default, deserialize_with = "crate::api::body::given")]
            #[schema(value_type = Option<u32>, example = 1)]
            pub(crate) included_dids: Option<Option<u32>>,
            /// Minutes that the fee covers; null for any number.
            #[serde(default, deserialize_with = "crate::api::body::given")]
            #[schema(value_type = Option<u32>, example = 500)]
            pub(crate) included_minutes: Option<Option<u32>>,
            /// Per extension and period, with up to 6 decimals.
            #[schema(value_type = Option<String>, example = "15")]
            pub(crate) extension_rate: Option<Decimal>,
            /// Per standard phone number and period, with up to 6 decimals.
            #[schema(value_type = Option<String>, example = "3")]
            pub(crate) did_rate: Option<Decimal>,
            /// Per toll-free phone number and period, with up to 6 decimals.
            #[schema(value_type = Option<String>, example = "5")]
            pub(crate) toll_free_did_rate: Option<Decimal>,
            /// Per minute of any call, with up to 6 decimals.
            #[schema(value_type = Option<String>, example = "0.03")]
            pub(crate) minute_rate: Option<Decimal>,
            /// Per minute of a local call, instead of one rate for all.
            #[schema(value_type = Option<String>)]
            pub(crate) local_minute_rate: Option<Decimal>,
            /// Per minute of a toll-free call, instead of one rate for all.
            #[schema(value_type = Option<String>)]
            pub(crate) toll_free_minute_rate: Option<Decimal>,
            /// The rate deck that prices calls before the minute rates do; null for none.
            #[serde(default, deserialize_with = "crate::api::body::given")]
            #[schema(value_type = Option<String>)]
            pub(crate) rate_deck_id: Option<Option<DeckId>>,
            /// Whether inbound calls are charged.
            #[schema(value_type = Option<String>, pattern = "^(both_directions|outbound_only)$")]
            pub(crate) usage_scope: Option<UsageScope>,
            /// Days from issue to due; null for the partner's own.
            #[serde(default, deserialize_with = "crate::api::body::given")]
            #[schema(value_type = Option<u16>, maximum = 365)]
            pub(crate) terms_days: Option<Option<u16>>,
            /// Whether a period that comes to nothing still gets an invoice.
            pub(crate) invoice_zero_totals: Option<bool>,
            /// Makes it a trial; null for none.
            #[serde(default, deserialize_with = "crate::api::body::given")]
            #[schema(value_type = Option<TrialInput>)]
            pub(crate) trial: Option<Option<TrialInput>>,
        }
    };
}

terms_input! {
    /// A billing profile to be. What is left out is nothing: no fee, no included quantities,
    /// free units.
    BillingProfileInput { name: String, model: PricingModel }
}

terms_input! {
    /// What changes of a billing profile. What is left out stays.
    BillingProfileChanges { name: Option<String>, model: Option<PricingModel> }
}

impl From<BillingProfileInput> for BillingProfileChanges {
    fn from(input: BillingProfileInput) -> Self {
        Self {
            name: Some(input.name),
            model: Some(input.model),
            cycle: input.cycle,
            every: input.every,
            base_fee: input.base_fee,
            base_fee_timing: input.base_fee_timing,
            included_extensions: input.included_extensions,
            included_dids: input.included_dids,
            included_minutes: input.included_minutes,
            extension_rate: input.extension_rate,
            did_rate: input.did_rate,
            toll_free_did_rate: input.toll_free_did_rate,
            minute_rate: input.minute_rate,
            local_minute_rate: input.local_minute_rate,
            toll_free_minute_rate: input.toll_free_minute_rate,
            rate_deck_id: input.rate_deck_id,
            usage_scope: input.usage_scope,
            terms_days: input.terms_days,
            invoice_zero_totals: input.invoice_zero_totals,
            trial: input.trial,
        }
    }
}

impl BillingProfileInput {
    /// The terms, with prices in `currency`; or every field that is wrong.
    pub(crate) fn terms(&self, currency: Currency) -> Result<ProfileTerms> {
        let blank = ProfileVersion {
            profile_id: ProfileId::from_bits(0),
            version: 0,
            terms: blank(self.model),
        };
        let changes = BillingProfileChanges::from(self.clone());
        let edit = changes.edit(&blank, currency)?;
        Ok(blank.next(edit).map_err(|errors| wrong(Vec::new(), errors))?.terms)
    }
}

impl BillingProfileChanges {
    /// The edit of `latest`, with prices in `currency`; or every field that is wrong.
    pub(crate) fn edit(&self, latest: &ProfileVersion, currency: Currency) -> Result<ProfileEdit> {
        let mut errors = Vec::new();
        let included = |count: Option<Option<u32>>| {
            count.map(|count| count.map_or(Included::Unlimited, Included::UpTo))
        };
        let edit = ProfileEdit {
            name: self.name.as_deref().map(|name| name.trim().to_owned()),
            model: self.model,
            cycle: self.cycle,
            every: self.every,
            base_fee: self.fee(currency, &mut errors),
            base_fee_timing: self.base_fee_timing,
            included_extensions: included(self.included_extensions),
            included_dids: included(self.included_dids),
            included_minutes: included(self.included_minutes),
            extension_rate: rate("extension_rate", self.extension_rate.as_ref(), &mut errors),
            did_rate: rate("did_rate", self.did_rate.as_ref(), &mut errors),
            toll_free_did_rate: rate(
                "toll_free_did_rate",
                self.toll_free_did_rate.as_ref(),
                &mut errors,
            ),
            minute_rates: self.minute_rates(&latest.terms, &mut errors),
            deck: self.rate_deck_id,
            usage_scope: self.usage_scope,
            terms_days: self.terms_days,
            invoice_zero_totals: self.invoice_zero_totals,
            trial: self.trial.as_ref().map(|trial| {
                trial
                    .as_ref()
                    .map(|trial| TrialTerms { days: trial.days, convert_to: trial.convert_to })
            }),
        };
        match latest.next(edit.clone()) {
            Err(refused) => Err(wrong(errors, refused)),
            Ok(_) if errors.is_empty() => Ok(edit),
            Ok(_) => Err(AppError::Invalid(errors)),
        }
    }

    fn fee(&self, currency: Currency, errors: &mut Vec<FieldError>) -> Option<Minor> {
        let Decimal(text) = self.base_fee.as_ref()?;
        let parsed = currency.parse_minor(text);
        parsed.map_err(|error| errors.push(field("base_fee", error.to_string()))).ok()
    }

    fn minute_rates(
        &self,
        latest: &ProfileTerms,
        errors: &mut Vec<FieldError>,
    ) -> Option<MinuteRates> {
        let any = rate("minute_rate", self.minute_rate.as_ref(), errors);
        let local = rate("local_minute_rate", self.local_minute_rate.as_ref(), errors);
        let toll_free = rate("toll_free_minute_rate", self.toll_free_minute_rate.as_ref(), errors);
        let has_class = self.local_minute_rate.is_some() || self.toll_free_minute_rate.is_some();
        if !has_class {
            return any.map(MinuteRates::Single);
        }
        if self.minute_rate.is_some() {
            let message = "cannot stand beside rates for classes".to_owned();
            errors.push(field("minute_rate", message));
            return None;
        }
        let (old_local, old_toll_free) = match latest.minute_rates {
            MinuteRates::Single(_) => (None, None),
            MinuteRates::ByClass { local, toll_free } => (Some(local), Some(toll_free)),
        };
        let message = || "must be given: there is a rate for the other class".to_owned();
        if self.local_minute_rate.is_none() && old_local.is_none() {
            errors.push(field("local_minute_rate", message()));
        }
        if self.toll_free_minute_rate.is_none() && old_toll_free.is_none() {
            errors.push(field("toll_free_minute_rate", message()));
        }
        let (local, toll_free) = (local.or(old_local)?, toll_free.or(old_toll_free)?);
        Some(MinuteRates::ByClass { local, toll_free })
    }
}

/// A profile of this model that says nothing yet.
fn blank(model: PricingModel) -> ProfileTerms {
    ProfileTerms {
        name: String::new(),
        model,
        cycle: match model {
            PricingModel::Payg => BillingCycle::CalendarMonth,
            PricingModel::FlatRate => BillingCycle::Anniversary,
        },
        every: Every::Month,
        base_fee: Minor::ZERO,
        base_fee_timing: BaseFeeTiming::Arrears,
        included_extensions: Included::NONE,
        included_dids: Included::NONE,
        included_minutes: Included::NONE,
        extension_rate: Nanos::ZERO,
        did_rate: Nanos::ZERO,
        toll_free_did_rate: Nanos::ZERO,
        minute_rates: MinuteRates::Single(Nanos::ZERO),
        deck: None,
        usage_scope: UsageScope::BothDirections,
        terms_days: None,
        invoice_zero_totals: false,
        trial: None,
    }
}

fn field(field: &str, message: String) -> FieldError {
    FieldError { field: field.to_owned(), message }
}

fn rate(name: &str, text: Option<&Decimal>, errors: &mut Vec<FieldError>) -> Option<Nanos> {
    let Decimal(text) = text?;
    Nanos::parse(text).map_err(|error| errors.push(field(name, error.to_string()))).ok()
}

/// What could not be read, and what of the rest is refused.
fn wrong(mut errors: Vec<FieldError>, refused: TermsErrors) -> AppError {
    errors.extend(refused.0.into_iter().map(|error| field(error.field, error.message)));
    AppError::Invalid(errors)
}
