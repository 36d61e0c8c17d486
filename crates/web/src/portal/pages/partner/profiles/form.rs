//! The form of a billing profile: what is typed, what it means, how it is shown.
//!
//! Decided here: how texts of a form become what the API takes for the same thing; which values are
//! allowed is decided there and in `domain::profile`. An included quantity that is left empty is
//! unlimited (PRO-06); a rate that is left empty is nothing.

use app::{error::FieldError, resource::Decimal};
use domain::{
    invoice::compute::PeakCounts,
    money::{Currency, Nanos},
    profile::{Imagined, Included, MinuteRates, ProfileTerms},
};
use maud::{Markup, html};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;

use crate::{
    api::routes::profile_terms::{BillingProfileInput, TrialInput},
    portal::{
        fields::Fields,
        parts::{Choice, Field, Group, choices, select_field, tick},
    },
};

/// Most of anything in the example: more is a mistake, and sums stay in range.
const MAX_IMAGINED: u32 = 10_000_000;
/// What the example imagines where nothing is typed.
const IMAGINED: [(&str, &str); 5] = [
    ("ex_extensions", "7"),
    ("ex_dids", "3"),
    ("ex_toll_free_dids", "0"),
    ("ex_minutes", "600"),
    ("ex_toll_free_minutes", "0"),
];

macro_rules! typed {
    ($($field:ident)*) => {
        /// What is typed into the form, field by field.
        #[derive(Debug, Clone, Default, PartialEq, Eq)]
        pub(super) struct Typed { $(pub(super) $field: String,)* }

        impl Typed {
            /// The names of its fields, as errors name them.
            pub(super) const NAMES: &'static [&'static str] = &[$(stringify!($field)),*];

            /// What a form sent.
            pub(super) fn sent(fields: &Fields) -> Self {
                Self { $($field: fields.typed(stringify!($field), 254),)* }
            }
        }
    };
}

typed! {
    name model cycle every base_fee base_fee_timing included_extensions included_dids
    included_minutes extension_rate did_rate toll_free_did_rate minute_rate local_minute_rate
    toll_free_minute_rate rate_deck_id usage_scope terms_days invoice_zero_totals trial_days
    trial_convert_to ex_extensions ex_dids ex_toll_free_dids ex_minutes ex_toll_free_minutes
}

/// What can be chosen from, besides what is always there.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Shelf {
    /// The partner's decks.
    pub(super) decks: Vec<Choice>,
    /// Profiles that a trial can convert to.
    pub(super) profiles: Vec<Choice>,
    /// The sign before amounts.
    pub(super) sign: String,
}

/// The stable name of a value that is one.
fn name_of(value: impl Serialize) -> String {
    match serde_json::to_value(value) {
        Ok(Value::String(name)) => name,
        _ => String::new(),
    }
}

/// The value with this name; nothing where there is none.
fn named<T: DeserializeOwned>(name: &str) -> Option<T> {
    serde_json::from_value(Value::String(name.to_owned())).ok()
}

impl Typed {
    /// An empty form: pay-as-you-go by calendar month, all free.
    pub(super) fn blank() -> Self {
        let typed = Self {
            model: "payg".to_owned(),
            cycle: "calendar_month".to_owned(),
            every: "month".to_owned(),
            base_fee_timing: "arrears".to_owned(),
            usage_scope: "both_directions".to_owned(),
            base_fee: "0.00".to_owned(),
            included_extensions: "0".to_owned(),
            included_dids: "0".to_owned(),
            included_minutes: "0".to_owned(),
            ..Self::default()
        };
        typed.imagining()
    }

    /// The form as a version of a profile fills it.
    pub(super) fn of(terms: &ProfileTerms, currency: Currency) -> Self {
        let count = |included| match included {
            Included::UpTo(count) => count.to_string(),
            Included::Unlimited => String::new(),
        };
        let rate = |rate: Nanos| rate.to_string();
        let (any, local, toll_free) = match terms.minute_rates {
            MinuteRates::Single(any) => (rate(any), String::new(), String::new()),
            MinuteRates::ByClass { local, toll_free } => {
                (String::new(), rate(local), rate(toll_free))
            }
        };
        let typed = Self {
            name: terms.name.clone(),
            model: name_of(terms.model),
            cycle: name_of(terms.cycle),
            every: terms.every.as_str().to_owned(),
            base_fee: currency.decimal(terms.base_fee),
            base_fee_timing: name_of(terms.base_fee_timing),
            included_extensions: count(terms.included_extensions),
            included_dids: count(terms.included_dids),
            included_minutes: count(terms.included_minutes),
            extension_rate: rate(terms.extension_rate),
            did_rate: rate(terms.did_rate),
            toll_free_did_rate: rate(terms.toll_free_did_rate),
            minute_rate: any,
            local_minute_rate: local,
            toll_free_minute_rate: toll_free,
            rate_deck_id: terms.deck.map_or(String::new(), |it| it.to_string()),
            usage_scope: name_of(terms.usage_scope),
            terms_days: terms.terms_days.map_or(String::new(), |it| it.to_string()),
            invoice_zero_totals: if terms.invoice_zero_totals { "on" } else { "" }.to_owned(),
            trial_days: terms.trial.map_or(String::new(), |it| it.days.to_string()),
            trial_convert_to: terms.trial.map_or(String::new(), |it| it.convert_to.to_string()),
            ..Self::default()
        };
        typed.imagining()
    }

    fn imagining(mut self) -> Self {
        let fields = [
            &mut self.ex_extensions,
            &mut self.ex_dids,
            &mut self.ex_toll_free_dids,
            &mut self.ex_minutes,
            &mut self.ex_toll_free_minutes,
        ];
        for (field, (_, value)) in fields.into_iter().zip(IMAGINED) {
            value.clone_into(field);
        }
        self
    }

    /// What the form means, or every field that cannot be read.
    pub(super) fn input(&self) -> Result<BillingProfileInput, Vec<FieldError>> {
        let mut errors = Errors(Vec::new());
        let model = errors.choice("model", &self.model);
        let cycle = errors.choice("cycle", &self.cycle);
        let every = errors.choice("every", &self.every);
        let base_fee_timing = errors.choice("base_fee_timing", &self.base_fee_timing);
        let usage_scope = errors.choice("usage_scope", &self.usage_scope);
        let included_extensions = errors.whole("included_extensions", &self.included_extensions);
        let included_dids = errors.whole("included_dids", &self.included_dids);
        let included_minutes = errors.whole("included_minutes", &self.included_minutes);
        let terms_days = errors.whole("terms_days", &self.terms_days);
        let rate_deck_id = errors.id("rate_deck_id", &self.rate_deck_id);
        let trial_days = errors.whole("trial_days", &self.trial_days);
        let convert_to = errors.id("trial_convert_to", &self.trial_convert_to);
        let trial = match (trial_days, convert_to) {
            (Some(days), Some(convert_to)) => Some(TrialInput { days, convert_to }),
            (None, None) => None,
            (Some(_), None) => {
                errors.say("trial_convert_to", "must be chosen for a trial");
                None
            }
            (None, Some(_)) => {
                errors.say("trial_days", "must be given for a trial");
                None
            }
        };
        let class_rates = [&self.local_minute_rate, &self.toll_free_minute_rate];
        let has_no_class = class_rates.iter().all(|it| it.trim().is_empty());
        if has_no_class && self.minute_rate.trim().is_empty() {
            errors.say("minute_rate", "must be given, or a rate for each class");
        }
        let Errors(errors) = errors;
        let (Some(model), true) = (model, errors.is_empty()) else { return Err(errors) };
        Ok(BillingProfileInput {
            name: self.name.clone(),
            model,
            cycle,
            every,
            base_fee: Some(decimal(&self.base_fee)),
            base_fee_timing,
            included_extensions: Some(included_extensions),
            included_dids: Some(included_dids),
            included_minutes: Some(included_minutes),
            extension_rate: Some(decimal(&self.extension_rate)),
            did_rate: Some(decimal(&self.did_rate)),
            toll_free_did_rate: Some(decimal(&self.toll_free_did_rate)),
            minute_rate: given(&self.minute_rate),
            local_minute_rate: given(&self.local_minute_rate),
            toll_free_minute_rate: given(&self.toll_free_minute_rate),
            rate_deck_id: Some(rate_deck_id),
            usage_scope,
            terms_days: Some(terms_days),
            invoice_zero_totals: Some(!self.invoice_zero_totals.is_empty()),
            trial: Some(trial),
        })
    }

    /// Whom the example is about, or every field that cannot be read.
    pub(super) fn imagined(&self) -> Result<Imagined, Vec<FieldError>> {
        let mut errors = Errors(Vec::new());
        let mut count = |name: &'static str, text: &str| -> u32 {
            let read = errors.whole::<u32>(name, text).unwrap_or(0);
            if read > MAX_IMAGINED {
                errors.say(name, "must be at most 10,000,000");
            }
            read
        };
        let counts = PeakCounts {
            extensions: count("ex_extensions", &self.ex_extensions),
            local_dids: count("ex_dids", &self.ex_dids),
            toll_free_dids: count("ex_toll_free_dids", &self.ex_toll_free_dids),
        };
        let local_minutes = count("ex_minutes", &self.ex_minutes);
        let toll_free_minutes = count("ex_toll_free_minutes", &self.ex_toll_free_minutes);
        let Errors(errors) = errors;
        let imagined = Imagined { counts, local_minutes, toll_free_minutes };
        if errors.is_empty() { Ok(imagined) } else { Err(errors) }
    }
}

/// The names that use cases give to fields, as the form has them.
pub(super) fn as_in_form(errors: Vec<FieldError>) -> Vec<FieldError> {
    let rename = |mut error: FieldError| {
        let name = match error.field.as_str() {
            "trial" => "trial_days",
            "trial.convert_to" => "trial_convert_to",
            _ => return error,
        };
        name.clone_into(&mut error.field);
        error
    };
    errors.into_iter().map(rename).collect()
}

fn decimal(text: &str) -> Decimal {
    given(text).unwrap_or_else(|| Decimal("0".to_owned()))
}

fn given(text: &str) -> Option<Decimal> {
    let text = text.trim();
    (!text.is_empty()).then(|| Decimal(text.to_owned()))
}

struct Errors(Vec<FieldError>);

impl Errors {
    fn say(&mut self, field: &str, message: &str) {
        self.0.push(FieldError { field: field.to_owned(), message: message.to_owned() });
    }

    fn choice<T: DeserializeOwned>(&mut self, field: &str, text: &str) -> Option<T> {
        let read = named(text);
        if read.is_none() {
            self.say(field, "must be one of the choices");
        }
        read
    }

    /// A whole number that fits; nothing where nothing is typed.
    fn whole<T: std::str::FromStr>(&mut self, field: &str, text: &str) -> Option<T> {
        let text = text.trim();
        if text.is_empty() {
            return None;
        }
        let read = text.parse().ok();
        if read.is_none() {
            self.say(field, "must be a whole number, not below 0");
        }
        read
    }

    fn id<T: std::str::FromStr>(&mut self, field: &str, text: &str) -> Option<T> {
        if text.is_empty() {
            return None;
        }
        let read = text.parse().ok();
        if read.is_none() {
            self.say(field, "must be one of the choices");
        }
        read
    }
}

/// The fields that say what a tenant is charged.
pub(super) fn price_fields(typed: &Typed, shelf: &Shelf, errors: &[FieldError]) -> Markup {
    let model = [
        Choice::new("payg", "Pay-As-You-Go").hint("Every unit is charged."),
        Choice::new("flat_rate", "Flat Rate")
            .hint("A base fee includes quantities; the rates are for what exceeds them."),
    ];
    let amount = |name, label, value| {
        Field::amount(name, label, &shelf.sign).value(value).errors(errors).optional()
    };
    let count = |name, label, value| {
        Field::number(name, label).value(value).errors(errors).optional().hint("Empty: unlimited")
    };
    html! {
        (Field::text("name", "Name").value(&typed.name).errors(errors)
            .hint("Your tenants read it on their invoices.").render())
        (Group::radios("model", "Pricing model").errors(errors)
            .render(&model, std::slice::from_ref(&typed.model)))
        (amount("base_fee", "Monthly base fee", &typed.base_fee).render())
        div.columns {
            (count("included_extensions", "Included extensions", &typed.included_extensions)
                .render())
            (count("included_dids", "Included DIDs", &typed.included_dids).render())
            (count("included_minutes", "Included minutes", &typed.included_minutes).render())
        }
        div.columns {
            (amount("extension_rate", "Extension per month", &typed.extension_rate).render())
            (amount("did_rate", "Standard DID per month", &typed.did_rate).render())
            (amount("toll_free_did_rate", "Toll-Free DID per month", &typed.toll_free_did_rate)
                .render())
            (amount("minute_rate", "Per Minute", &typed.minute_rate)
                .hint("One rate for all calls; up to 6 decimals").render())
        }
    }
}

/// The fields that most profiles leave as they are.
pub(super) fn other_fields(typed: &Typed, shelf: &Shelf, errors: &[FieldError]) -> Markup {
    let amount = |name, label, value| {
        Field::amount(name, label, &shelf.sign).value(value).errors(errors).optional()
    };
    let cycle = choices([
        ("calendar_month", "From the first of the month"),
        ("anniversary", "From the day of activation"),
    ]);
    let every = choices([
        ("month", "Month"),
        ("quarter", "Quarter"),
        ("year", "Year"),
        ("week", "Week"),
        ("day", "Day"),
    ]);
    let timing = choices([("arrears", "After the period"), ("advance", "At its start")]);
    let scope = choices([
        ("both_directions", "Inbound and outbound calls"),
        ("outbound_only", "Outbound calls only"),
    ]);
    let with_none = |none: &str, some: &[Choice]| -> Vec<Choice> {
        std::iter::once(Choice::new("", none)).chain(some.iter().cloned()).collect()
    };
    let decks = with_none("None: the rates above", &shelf.decks);
    let profiles = with_none("No trial", &shelf.profiles);
    let zero = (!typed.invoice_zero_totals.is_empty()).then_some(());
    html! {
        div.columns {
            (select_field(("cycle", "Billing cycle", ""), &cycle, &typed.cycle, errors))
            (select_field(("every", "Length of a period", ""), &every, &typed.every, errors))
            (select_field(("base_fee_timing", "Base fee is billed", ""), &timing,
                &typed.base_fee_timing, errors))
            (select_field(("usage_scope", "Charged calls", ""), &scope, &typed.usage_scope,
                errors))
            (amount("local_minute_rate", "Per local minute", &typed.local_minute_rate)
                .hint("Instead of one rate for all calls").render())
            (amount("toll_free_minute_rate", "Per toll-free minute",
                &typed.toll_free_minute_rate).hint("Instead of one rate for all calls").render())
            (select_field(("rate_deck_id", "Rate deck",
                "Prices a call before the minute rates do"), &decks, &typed.rate_deck_id, errors))
            (Field::number("terms_days", "Payment terms in days").value(&typed.terms_days)
                .errors(errors).optional().hint("Empty: your own").render())
            (Field::number("trial_days", "Days of a trial").value(&typed.trial_days)
                .errors(errors).optional().hint("Empty: no trial").render())
            (select_field(("trial_convert_to", "After the trial",
                "The profile that the tenant moves to"), &profiles, &typed.trial_convert_to,
                errors))
        }
        (tick(("invoice_zero_totals", "Send invoices of nothing",
            "A period that comes to nothing still gets an invoice."), zero))
    }
}

/// The fields of the example.
pub(super) fn example_fields(typed: &Typed, errors: &[FieldError]) -> Markup {
    let count = |name, label, value| {
        Field::number(name, label).value(value).errors(errors).optional().render()
    };
    html! {
        div.columns {
            (count("ex_extensions", "Extensions", &typed.ex_extensions))
            (count("ex_dids", "Standard DIDs", &typed.ex_dids))
            (count("ex_toll_free_dids", "Toll-Free DIDs", &typed.ex_toll_free_dids))
            (count("ex_minutes", "Local minutes", &typed.ex_minutes))
            (count("ex_toll_free_minutes", "Toll-free minutes", &typed.ex_toll_free_minutes))
        }
    }
}

#[cfg(test)]
mod tests {
    use domain::profile::automatic_profiles;

    use super::*;

    // PRO-04 PRO-06 what is shown and sent again changes nothing
    #[test]
    fn a_form_that_is_sent_as_it_is_says_the_same() {
        let currency = Currency::USD;
        let [payg, mut flat] = automatic_profiles(currency);
        flat.included_minutes = Included::Unlimited;
        flat.terms_days = Some(30);
        for terms in [payg, flat] {
            let typed = Typed::of(&terms, currency);
            assert_eq!(typed.input().unwrap().terms(currency).unwrap(), terms);
            assert!(typed.imagined().is_ok());
        }
    }

    // PRO-03 PRO-19
    #[test]
    fn what_cannot_be_read_is_named_field_by_field() {
        let typed = Typed {
            model: "free".to_owned(),
            included_dids: "-1".to_owned(),
            terms_days: "99999999".to_owned(),
            rate_deck_id: "deck".to_owned(),
            trial_days: "3".to_owned(),
            minute_rate: " ".to_owned(),
            ex_minutes: "4294967295".to_owned(),
            ..Typed::blank()
        };
        let wrong = typed.input().unwrap_err();
        let names: Vec<&str> = wrong.iter().map(|it| it.field.as_str()).collect();
        let expected = [
            "model",
            "included_dids",
            "terms_days",
            "rate_deck_id",
            "trial_convert_to",
            "minute_rate",
        ];
        assert_eq!(names, expected);
        assert_eq!(typed.imagined().unwrap_err()[0].field, "ex_minutes");
    }
}
