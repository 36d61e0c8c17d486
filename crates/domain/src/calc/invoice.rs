//! `calc invoice`: an invoice from terms and quantities.
//!
//! The profile's fields are those of a billing profile; what is left out is zero, not included, or
//! the ordinary choice. Included minutes under separate local and toll-free rates depend on the
//! order of the calls, which sums do not have: that combination is refused unless the included
//! minutes cover everything.

use serde_json::{Value, json};

use super::{
    fields::{CalcError, Fields},
    hold::not_negative,
    prorate::{days, part_of},
};
use crate::{
    allocation::{UsageGroup, UsageRow, UsageTerms, allocate_sums},
    cdr::Direction,
    cycle::Every,
    ids::ProfileId,
    invoice::{
        compute::{
            Charge, ChargeKind, ClosedPeriod, ComputedInvoice, InvoiceInput, Outcome, PeakCounts,
            compute,
        },
        line::{Line, Quantity},
    },
    money::{Currency, Minor, Nanos},
    period::Period,
    phone::CallClass,
    profile::{
        Included, MinuteRates, PricingModel, ProfileTerms, ProfileVersion, automatic_profiles,
        validate,
    },
    proration::Fraction,
    tax::{Jurisdiction, TaxLine, TaxRate, TaxTable},
    time::{Day, Span, Zone},
    usage::PriceBasis,
};

/// The lines, taxes and totals of an invoice that closes a period.
///
/// Fields: `period` (`START/END`, dates, end exclusive), `part` (the days billed of it, all unless
/// given), `currency`, `profile`, `quantities`, `charges`, `taxes`, `credit`.
pub fn invoice(input: &str) -> Result<String, CalcError> {
    let mut fields = Fields::parse(input)?;
    let currency = fields.parsed("currency", Currency::parse)?.unwrap_or(Currency::USD);
    let period = fields.required("period", days)?;
    let part = fields.parsed("part", days)?;
    let fraction = part_of(&fields, part.unwrap_or(period), period)?;
    let profile = fields.object("profile")?;
    let profile = profile.ok_or_else(|| fields.refuse("profile", "is missing"))?;
    let version = ProfileVersion {
        profile_id: ProfileId::from_bits(0),
        version: 1,
        terms: read_profile(profile, currency)?,
    };
    let (counts, rows) = match fields.object("quantities")? {
        Some(quantities) => read_quantities(quantities, &version)?,
        None => (PeakCounts::default(), Vec::new()),
    };
    let charges = fields.objects("charges")?;
    let charges: Vec<Charge> = charges.into_iter().map(read_charge).collect::<Result<_, _>>()?;
    let taxes = fields.objects("taxes")?;
    let taxes: Vec<Jurisdiction> = taxes.into_iter().map(read_tax).collect::<Result<_, _>>()?;
    let minor = not_negative(|text: &str| currency.parse_minor(text), Minor::is_negative);
    let credit_available = fields.parsed("credit", &minor)?.unwrap_or(Minor::ZERO);
    fields.done()?;
    let usage = allocate(&version, &rows)?;
    let period = billed_period(part.unwrap_or(period), fraction);
    let computed = compute(&InvoiceInput {
        currency,
        closed: Some(ClosedPeriod {
            version: &version,
            period,
            counts,
            usage: &usage,
            paid_in_advance: None,
        }),
        opening: None,
        charges: &charges,
        prior: &[],
        taxes: &TaxTable::of(taxes),
        credit_available,
    })
    .map_err(CalcError::impossible)?;
    Ok(render(&computed, currency, credit_available))
}

fn billed_period(part: (Day, Day), fraction: Fraction) -> Period {
    let span = Span { start: Zone::UTC.start_of(part.0), end: Zone::UTC.start_of(part.1) };
    Period { index: 0, span, first_day: part.0, end_day: part.1, fraction }
}

fn read_profile(mut fields: Fields, currency: Currency) -> Result<ProfileTerms, CalcError> {
    let [defaults, _] = automatic_profiles(currency);
    let models = [("payg", PricingModel::Payg), ("flat_rate", PricingModel::FlatRate)];
    let model = fields.choice("model", &models)?;
    let model = model.ok_or_else(|| fields.refuse("model", "is missing"))?;
    let base_fee = fields.parsed("base_fee", |text| currency.parse_minor(text))?;
    let every = fields.parsed("every", |text| {
        Every::parse(text).ok_or_else(|| format!("{text:?} is not a unit such as month"))
    })?;
    let mut rate = |name| fields.parsed(name, Nanos::parse).map(|rate| rate.unwrap_or(Nanos::ZERO));
    let (extension_rate, did_rate) = (rate("extension_rate")?, rate("did_rate")?);
    let toll_free_did_rate = rate("toll_free_did_rate")?;
    let terms = ProfileTerms {
        name: fields.text("name")?.unwrap_or_else(|| "Base fee".to_owned()),
        model,
        every: every.unwrap_or(Every::Month),
        base_fee: base_fee.unwrap_or(Minor::ZERO),
        included_extensions: read_included(&mut fields, "included_extensions")?,
        included_dids: read_included(&mut fields, "included_dids")?,
        included_minutes: read_included(&mut fields, "included_minutes")?,
        extension_rate,
        did_rate,
        toll_free_did_rate,
        minute_rates: read_minute_rates(&mut fields)?,
        invoice_zero_totals: fields.flag("invoice_zero_totals")?.unwrap_or(false),
        cycle: crate::profile::BillingCycle::Anniversary,
        ..defaults
    };
    if let Err(errors) = validate(&terms) {
        let first = errors.0.into_iter().next().expect("a refusal names a field");
        return Err(fields.refuse(first.field, first.message));
    }
    fields.done()?;
    Ok(terms)
}

fn read_included(fields: &mut Fields, name: &str) -> Result<Included, CalcError> {
    match fields.any(name) {
        None => Ok(Included::NONE),
        Some(Value::String(text)) if text == "unlimited" => Ok(Included::Unlimited),
        Some(value) => value
            .as_u64()
            .and_then(|count| u32::try_from(count).ok())
            .map(Included::UpTo)
            .ok_or_else(|| fields.refuse(name, "is neither a whole number nor \"unlimited\"")),
    }
}

fn read_minute_rates(fields: &mut Fields) -> Result<MinuteRates, CalcError> {
    let single = fields.parsed("minute_rate", Nanos::parse)?;
    let local = fields.parsed("local_minute_rate", Nanos::parse)?;
    let toll_free = fields.parsed("toll_free_minute_rate", Nanos::parse)?;
    match (single, local, toll_free) {
        (Some(rate), None, None) => Ok(MinuteRates::Single(rate)),
        (None, Some(local), Some(toll_free)) => Ok(MinuteRates::ByClass { local, toll_free }),
        (None, None, None) => Ok(MinuteRates::Single(Nanos::ZERO)),
        _ => Err(fields.refuse(
            "minute_rate",
            "stands alone, or local_minute_rate and toll_free_minute_rate both",
        )),
    }
}

fn read_quantities(
    mut fields: Fields,
    version: &ProfileVersion,
) -> Result<(PeakCounts, Vec<UsageRow>), CalcError> {
    let mut count = |name| fields.whole(name, 0..=u32::MAX).map(Option::unwrap_or_default);
    let counts = PeakCounts {
        extensions: count("extensions")?,
        local_dids: count("local_dids")?,
        toll_free_dids: count("toll_free_dids")?,
    };
    let mut rows = Vec::new();
    let names = [
        ("minutes", CallClass::Local),
        ("local_minutes", CallClass::Local),
        ("toll_free_minutes", CallClass::TollFree),
    ];
    let split = matches!(version.terms.minute_rates, MinuteRates::ByClass { .. });
    for (name, class) in names {
        let Some(billed_seconds) = fields.parsed(name, seconds)? else { continue };
        if split && name == "minutes" {
            let why = "is ambiguous: the profile prices local_minutes and toll_free_minutes apart";
            return Err(fields.refuse(name, why));
        }
        let (profile_id, profile_version) = (version.profile_id, version.version);
        let basis = PriceBasis { profile_id, profile_version, deck: None };
        let (direction, retail) = (Direction::Outbound, Nanos::ZERO);
        rows.push(UsageRow { basis, class, direction, billed_seconds, retail });
    }
    fields.done()?;
    Ok((counts, rows))
}

/// Minutes as whole seconds.
fn seconds(text: &str) -> Result<i64, String> {
    let quantity = Quantity::parse(text).map_err(|error| error.to_string())?;
    let denominator = i128::from(quantity.denominator().get());
    let exact = i128::from(quantity.numerator()) * 60;
    if exact < 0 {
        return Err(format!("{text} is negative"));
    }
    if exact % denominator != 0 {
        return Err(format!("{text} minutes are not a whole number of seconds"));
    }
    i64::try_from(exact / denominator).map_err(|_| format!("{text} is out of range"))
}

fn allocate(version: &ProfileVersion, rows: &[UsageRow]) -> Result<Vec<UsageGroup>, CalcError> {
    let included = version.terms.included_minutes_in_force();
    let terms = UsageTerms { included, versions: std::slice::from_ref(version) };
    let groups = allocate_sums(rows, &terms).map_err(CalcError::impossible)?;
    groups.ok_or_else(|| CalcError::Field {
        field: "profile.included_minutes".to_owned(),
        why: "under two minute rates the order of the calls decides, which sums do not have"
            .to_owned(),
    })
}

fn read_charge(mut fields: Fields) -> Result<Charge, CalcError> {
    let kinds = [
        ("one_time", ChargeKind::OneTime),
        ("recurring", ChargeKind::Recurring),
        ("metered", ChargeKind::Metered),
    ];
    let charge = Charge {
        id: None,
        kind: fields.choice("kind", &kinds)?.unwrap_or(ChargeKind::OneTime),
        description: fields.text("description")?.unwrap_or_default(),
        quantity: fields.parsed("quantity", Quantity::parse)?.unwrap_or(Quantity::ONE),
        unit: fields.text("unit")?.unwrap_or_else(|| "unit".to_owned()),
        unit_price: fields.required("unit_price", Nanos::parse)?,
        taxable: fields.flag("taxable")?.unwrap_or(true),
    };
    fields.done()?;
    Ok(charge)
}

fn read_tax(mut fields: Fields) -> Result<Jurisdiction, CalcError> {
    let rate = fields.required("rate", TaxRate::parse)?;
    let code = fields.text("code")?.unwrap_or_default();
    let name = fields.text("name")?.unwrap_or_else(|| code.clone());
    let enabled = fields.flag("enabled")?.unwrap_or(true);
    fields.done()?;
    Ok(Jurisdiction { code, name, rate, enabled })
}

fn render(computed: &ComputedInvoice, currency: Currency, credit_available: Minor) -> String {
    let granted = computed.credit_granted.as_ref().map_or(Minor::ZERO, |grant| grant.total);
    let left = credit_available.get().saturating_add(granted.get());
    let left = Minor::new(left.saturating_sub(computed.credit_applied.get()));
    let mut text = "{\n".to_owned();
    list(&mut text, "lines", computed.lines.iter().map(|line| line_json(line, currency)));
    list(&mut text, "taxes", computed.taxes.iter().map(|tax| tax_json(tax, currency)));
    let totals = [
        ("subtotal", computed.subtotal),
        ("tax", computed.tax),
        ("total", computed.total),
        ("credit_granted", granted),
        ("credit_applied", computed.credit_applied),
        ("credit_left", left),
        ("due", computed.due),
    ];
    for (name, amount) in totals {
        text.push_str(&format!("  \"{name}\": \"{}\",\n", currency.decimal(amount)));
    }
    text.push_str(&format!("  \"issued\": {}\n}}\n", computed.outcome == Outcome::Issue));
    text
}

/// One entry a line, so that people can read it and programs need not care.
fn list(text: &mut String, name: &str, entries: impl Iterator<Item = Value>) {
    let entries: Vec<String> = entries.map(|entry| format!("    {entry}")).collect();
    if entries.is_empty() {
        text.push_str(&format!("  \"{name}\": [],\n"));
    } else {
        text.push_str(&format!("  \"{name}\": [\n{}\n  ],\n", entries.join(",\n")));
    }
}

fn line_json(line: &Line, currency: Currency) -> Value {
    let facts = line.facts();
    json!({
        "kind": facts.kind.as_str(),
        "description": facts.description,
        "quantity": facts.quantity.to_string(),
        "unit": facts.unit,
        "unit_price": line.unit_price().map(|price| price.to_string()),
        "fraction": facts.fraction.to_string(),
        "amount": currency.decimal(line.amount()),
    })
}

fn tax_json(tax: &TaxLine, currency: Currency) -> Value {
    json!({
        "code": tax.code,
        "name": tax.name,
        "rate": tax.rate.to_string(),
        "base": currency.decimal(tax.base),
        "amount": currency.decimal(tax.amount),
    })
}
