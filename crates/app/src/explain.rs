//! Every cent explains itself (BEY-03): from an invoice to its lines, from a line to its calls,
//! from a call to the terms that priced it.
//!
//! Decided here: what an explanation shows. It reads what is stored and derives the parts by the
//! same functions that priced and issued; at each step the parts add up to the whole, or the
//! explanation says that they do not.

use std::collections::BTreeMap;

use domain::{
    allocation::{CallShare, UsageTerms, trace},
    call::{Call, Outcome},
    ids::{CallId, InvoiceId, LineId, PartnerId},
    invoice::{
        issued::Invoice,
        line::{LineBasis, LinePrice},
    },
    money::{Micros, Nanos},
    rating::{self, Explanation},
    term::Term,
    time::Timestamp,
    usage::PriceBasis,
};
use serde::Serialize;
use serde_json::{Value, json};
use store::{db::Tx, invoices::StoredLine};

use crate::{
    App,
    close::{Billing, Books, alloc_call, price_after},
    directory::{Directory, call_facts},
    error::{AppError, Result},
};

/// Calls that an explanation of a line lists; their sums cover all of them.
const LISTED_CALLS: usize = 100;

/// What was asked about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Question {
    /// An invoice, by id or number.
    Invoice(String),
    /// A line.
    Line(LineId),
    /// A call.
    Call(CallId),
}

/// An explanation: for programs as JSON, for people as indented text.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(transparent)]
pub struct Explained(pub Value);

impl App {
    /// Explains an invoice, a line or a call of whichever partner has it.
    pub async fn explain(&self, question: &Question) -> Result<Explained> {
        let partners = self.partner_ids(None).await?;
        let now = self.clock.now();
        let mut tx = self.db.begin_read().await?;
        for partner_id in partners {
            let found = match question {
                Question::Invoice(name) => self.invoice(&mut tx, partner_id, name).await?,
                Question::Line(id) => self.line(&mut tx, partner_id, *id).await?,
                Question::Call(id) => self.call(&mut tx, (partner_id, *id), now).await?,
            };
            if let Some(found) = found {
                tx.commit().await?;
                return Ok(Explained(found));
            }
        }
        Err(not_found(question))
    }

    /// Explains an invoice, a line or a call of this partner.
    pub async fn explain_for(
        &self,
        partner_id: PartnerId,
        question: &Question,
    ) -> Result<Explained> {
        let now = self.clock.now();
        let mut tx = self.db.begin_read().await?;
        let found = match question {
            Question::Invoice(name) => self.invoice(&mut tx, partner_id, name).await?,
            Question::Line(id) => self.line(&mut tx, partner_id, *id).await?,
            Question::Call(id) => self.call(&mut tx, (partner_id, *id), now).await?,
        };
        tx.commit().await?;
        found.map(Explained).ok_or_else(|| not_found(question))
    }

    async fn invoice(
        &self,
        tx: &mut Tx,
        partner_id: PartnerId,
        name: &str,
    ) -> Result<Option<Value>> {
        let invoice = match name.parse::<InvoiceId>() {
            Ok(id) => store::invoices::find(tx, partner_id, id).await?,
            Err(_) => store::invoices::by_number(tx, partner_id, name).await?,
        };
        let Some(invoice) = invoice else { return Ok(None) };
        let lines = store::invoices::lines(tx, partner_id, invoice.invoice_id).await?;
        let taxes = store::invoices::taxes(tx, partner_id, invoice.invoice_id).await?;
        let money = |amount| invoice.currency.decimal(amount);
        let lines: Vec<Value> = lines.iter().map(|line| line_value(&invoice, line)).collect();
        let taxes: Vec<Value> = taxes
            .iter()
            .map(|tax| {
                json!({
                    "name": tax.name,
                    "code": tax.code,
                    "rate": tax.rate,
                    "base": money(tax.base),
                    "amount": money(tax.amount),
                })
            })
            .collect();
        Ok(Some(json!({
            "invoice": invoice.invoice_id,
            "number": invoice.number,
            "tenant": invoice.issued_as.tenant_name,
            "status": invoice.status,
            "currency": invoice.currency,
            "period_start": invoice.period.map(|span| span.start.to_string()),
            "period_end": invoice.period.map(|span| span.end.to_string()),
            "lines": lines,
            "subtotal": money(invoice.subtotal),
            "taxes": taxes,
            "tax": money(invoice.tax),
            "total": money(invoice.total),
            "credit_applied": money(invoice.credited),
            "amount_paid": money(invoice.paid),
            "amount_due": money(invoice.due()),
        })))
    }

    async fn line(
        &self,
        tx: &mut Tx,
        partner_id: PartnerId,
        line_id: LineId,
    ) -> Result<Option<Value>> {
        let Some(line) = store::invoices::line(tx, partner_id, line_id).await? else {
            return Ok(None);
        };
        let invoice = store::invoices::find(tx, partner_id, line.invoice_id).await?;
        let invoice = invoice.ok_or_else(|| AppError::not_found("invoice", line.invoice_id))?;
        let mut value = line_value(&invoice, &line);
        let start = match line.facts.basis {
            LineBasis::Usage { usage_period_start, .. }
            | LineBasis::PriorUsage { usage_period_start } => Some(usage_period_start),
            LineBasis::Profile { .. } | LineBasis::Charge(_) | LineBasis::None => None,
        };
        if let (Some(start), Some(fields)) = (start, value.as_object_mut()) {
            let calls = self.calls_of_line(tx, (&invoice, &line), start).await?;
            fields.insert("calls".to_owned(), calls);
        }
        Ok(Some(value))
    }

    /// The calls behind a usage line, with what included minutes covered of each.
    async fn calls_of_line(
        &self,
        tx: &mut Tx,
        (invoice, line): (&Invoice, &StoredLine),
        start: Timestamp,
    ) -> Result<Value> {
        let billing = Billing::load(tx, invoice.partner_id, &self.decks).await?;
        let periods = store::audit::periods(tx, invoice.partner_id, invoice.tenant_id).await?;
        let term = periods.iter().find(|period| period.term.span.start == start);
        let term: Term =
            term.ok_or_else(|| AppError::Broken(format!("no period starts at {start}")))?.term;
        let bill_start = invoice.period.map_or(start, |span| span.start);
        let before = Timestamp::from_micros(bill_start.micros() + 1);
        let owner = (invoice.tenant_id, &term);
        let calls = billing.calls(tx, owner, before).await?;
        let shares = shares(&billing, &term, &calls)?;
        let behind: Vec<(&Call, &CallShare)> = shares
            .iter()
            .filter_map(|share| {
                let call = calls.iter().find(|call| call.call_id == share.id)?;
                is_behind(line, call, bill_start).then_some((call, share))
            })
            .collect();
        let sum =
            |of: fn(&CallShare) -> i64| behind.iter().map(|(_, share)| of(share)).sum::<i64>();
        let prices = Nanos::sum(behind.iter().map(|(call, _)| call.retail.price))?;
        let books = self.decks.books(tx, invoice.partner_id).await?;
        let listed = behind.iter().take(LISTED_CALLS);
        let listed = listed.map(|(call, share)| listed_value(&books, call, share));
        let listed = listed.collect::<Result<Vec<Value>>>()?;
        Ok(json!({
            "count": behind.len(),
            "billed_seconds": sum(|share| share.billed_seconds),
            "included_seconds": sum(|share| share.covered_seconds),
            "price_before_included": prices.to_string(),
            "listed": listed,
        }))
    }

    /// The calls of an invoice's own period, with what its lines charge of each.
    pub(crate) async fn billed_calls(&self, invoice: &Invoice) -> Result<Vec<BilledCall>> {
        let Some(span) = invoice.period else { return Ok(Vec::new()) };
        let (partner_id, tenant_id) = (invoice.partner_id, invoice.tenant_id);
        let mut tx = self.db.begin_read().await?;
        let lines = store::invoices::lines(&mut tx, partner_id, invoice.invoice_id).await?;
        let billing = Billing::load(&mut tx, partner_id, &self.decks).await?;
        let periods = store::audit::periods(&mut tx, partner_id, tenant_id).await?;
        let own = |period: &&store::audit::KeptPeriod| {
            period.term.span.start == span.start && period.invoice_id == Some(invoice.invoice_id)
        };
        let Some(period) = periods.iter().find(own) else { return Ok(Vec::new()) };
        let term = period.term;
        let before = Timestamp::from_micros(span.start.micros() + 1);
        let calls = billing.calls(&mut tx, (tenant_id, &term), before).await?;
        tx.commit().await?;
        let shares = shares(&billing, &term, &calls)?;
        let mut calls: BTreeMap<CallId, Call> =
            calls.into_iter().map(|call| (call.call_id, call)).collect();
        let billed = shares.into_iter().filter_map(|share| {
            let call = calls.remove(&share.id)?;
            let charges = lines.iter().any(|line| is_behind(line, &call, span.start));
            let charged = if charges { share.billed_seconds - share.covered_seconds } else { 0 };
            Some(BilledCall {
                call,
                billed_seconds: share.billed_seconds,
                covered_seconds: share.covered_seconds,
                charged_seconds: charged,
            })
        });
        Ok(billed.collect())
    }

    /// How a call of the partner was priced, on both sides; nothing where it was not.
    pub(crate) fn pricing(directory: &Directory, call: &Call) -> Result<Option<(Value, Value)>> {
        if call.outcome != Outcome::Rated {
            return Ok(None);
        }
        Ok(Some((retail_value(directory, call)?, wholesale_value(directory, call)?)))
    }

    async fn call(
        &self,
        tx: &mut Tx,
        (partner_id, call_id): (PartnerId, CallId),
        now: Timestamp,
    ) -> Result<Option<Value>> {
        let Some(call) = store::calls::find(tx, partner_id, call_id).await? else {
            return Ok(None);
        };
        let directory = Directory::load(tx, now, &self.decks).await?;
        let (outcome, reason) = call.outcome.codes();
        let mut value = json!({
            "call": call.call_id,
            "tenant": call.tenant_id,
            "source": call.source_id,
            "record": call.record_id,
            "batch": call.batch_id,
            "direction": call.direction,
            "class": call.class,
            "from": call.from,
            "to": call.to,
            "far_number": call.far_number,
            "answered_at": call.answered_at.map(|at| at.to_string()),
            "ended_at": call.ended_at.to_string(),
            "talk_seconds": call.talk_seconds,
            "hold_seconds": call.hold_seconds,
            "outcome": outcome,
            "reason": reason,
            "usage_period_start": period_start(call.usage_period_start),
            "billed_by_period_start": period_start(call.bill_period_start),
        });
        if let Some((retail, wholesale)) = Self::pricing(&directory, &call)?
            && let Some(fields) = value.as_object_mut()
        {
            fields.insert("retail".to_owned(), retail);
            fields.insert("wholesale".to_owned(), wholesale);
        }
        Ok(Some(value))
    }
}

/// A call of an invoice.
pub(crate) struct BilledCall {
    /// The call.
    pub(crate) call: Call,
    /// What is billed of it.
    pub(crate) billed_seconds: i64,
    /// What included minutes covered of that.
    pub(crate) covered_seconds: i64,
    /// What the invoice charges.
    pub(crate) charged_seconds: i64,
}

fn not_found(question: &Question) -> AppError {
    match question {
        Question::Invoice(name) => AppError::not_found("invoice", name),
        Question::Line(id) => AppError::not_found("line", id),
        Question::Call(id) => AppError::not_found("call", id),
    }
}

fn period_start(start: Timestamp) -> Value {
    if start == Timestamp::default() { Value::Null } else { json!(start.to_string()) }
}

fn is_behind(line: &StoredLine, call: &Call, bill_start: Timestamp) -> bool {
    match line.facts.basis {
        LineBasis::Usage { basis, class, .. } => {
            call.retail.basis == basis
                && class.is_none_or(|class| class == call.class)
                && call.bill_period_start == bill_start
        }
        LineBasis::PriorUsage { .. } => call.bill_period_start == bill_start,
        LineBasis::Profile { .. } | LineBasis::Charge(_) | LineBasis::None => false,
    }
}

/// A call of a usage line. Where a deck priced it, `charged` is what its price adds to the line;
/// otherwise the line is the charged seconds of all its calls at one rate.
fn listed_value(books: &Books, call: &Call, share: &CallShare) -> Result<Value> {
    let charged_seconds = share.billed_seconds - share.covered_seconds;
    let charged = match (call.retail.basis.deck, share.covered_seconds) {
        (None, _) => None,
        (Some(_), 0) => Some(call.retail.price),
        (Some(_), _) if charged_seconds == 0 => Some(Nanos::ZERO),
        (Some(_), covered) => Some(price_after(books, call, covered)?),
    };
    Ok(json!({
        "call": call.call_id,
        "ended_at": call.ended_at.to_string(),
        "direction": call.direction,
        "from": call.from,
        "to": call.to,
        "billed_seconds": share.billed_seconds,
        "included_seconds": share.covered_seconds,
        "charged_seconds": charged_seconds,
        "price": call.retail.price.to_string(),
        "charged": charged.map(|price| price.to_string()),
    }))
}

fn shares(billing: &Billing<'_>, term: &Term, calls: &[Call]) -> Result<Vec<CallShare>> {
    let mut versions = vec![billing.version(term)?];
    for call in calls {
        let PriceBasis { profile_id, profile_version, .. } = call.retail.basis;
        if !versions.iter().any(|it| (it.profile_id, it.version) == (profile_id, profile_version)) {
            versions.push(billing.version(&Term { profile_id, profile_version, ..*term })?);
        }
    }
    let included = versions[0].terms.included_minutes_in_force();
    let allocated: Vec<_> = calls.iter().map(alloc_call).collect();
    trace(&allocated, &UsageTerms { included, versions: &versions })
        .map_err(|error| AppError::Broken(error.to_string()))
}

fn line_value(invoice: &Invoice, line: &StoredLine) -> Value {
    let facts = &line.facts;
    let how = match facts.price {
        LinePrice::PerUnit(price) => json!({ "unit_price": price.to_string() }),
        LinePrice::CallPrices(sum) => json!({ "sum_of_call_prices": sum.to_string() }),
        LinePrice::Difference(amount) => {
            json!({ "difference": invoice.currency.decimal(amount) })
        }
    };
    json!({
        "line": line.line_id,
        "invoice": line.invoice_id,
        "kind": facts.kind,
        "description": facts.description,
        "quantity": facts.quantity.to_string(),
        "unit": facts.unit,
        "price": how,
        "fraction": format!("{}/{}", facts.fraction.part(), facts.fraction.whole()),
        "taxable": facts.taxable,
        "basis": basis_value(&facts.basis),
        "amount": invoice.currency.decimal(line.amount),
    })
}

/// A basis with its instants as programs read them.
fn basis_value(basis: &LineBasis) -> Value {
    match basis {
        LineBasis::Usage { usage_period_start, basis, class } => json!({ "usage": {
            "usage_period_start": usage_period_start.to_string(),
            "basis": basis,
            "class": class,
        } }),
        LineBasis::PriorUsage { usage_period_start } => json!({ "prior_usage": {
            "usage_period_start": usage_period_start.to_string(),
        } }),
        LineBasis::Profile { .. } | LineBasis::Charge(_) | LineBasis::None => json!(basis),
    }
}

fn retail_value(directory: &Directory, call: &Call) -> Result<Value> {
    let again = directory.price_again(call)?;
    let agrees = again.is_some_and(|(retail, _)| retail == call.retail);
    let pricing = directory.pricing_of(call);
    let facts = call_facts(call, directory.home());
    let how = match pricing.and_then(|pricing| pricing.deck) {
        Some(version) => deck_value(&version.book.explain(&rating::CallFacts {
            digits: facts.digits.unwrap_or_default(),
            answered_at: facts.answered_at,
            talk_seconds: facts.billable_seconds,
        })?),
        None => json!({
            "rate_per_minute": pricing.map(|pricing| {
                domain::charging::minute_rate(pricing.terms.terms.minute_rates, call.class)
                    .to_string()
            }),
            "minimum_seconds": pricing.map(|pricing| pricing.increments.minimum_seconds()),
            "increment_seconds": pricing.map(|pricing| pricing.increments.increment_seconds()),
        }),
    };
    Ok(json!({
        "profile": call.retail.basis.profile_id,
        "profile_version": call.retail.basis.profile_version,
        "profile_name": pricing.map(|pricing| pricing.terms.terms.name.clone()),
        "deck": call.retail.basis.deck,
        "billed_seconds": call.retail.billed_seconds,
        "how": how,
        "price": call.retail.price.to_string(),
        "agrees_with_terms": agrees,
    }))
}

fn wholesale_value(directory: &Directory, call: &Call) -> Result<Value> {
    let again = directory.price_again(call)?;
    let agrees = again.is_some_and(|(_, wholesale)| wholesale == call.wholesale);
    let pricing = directory.pricing_of(call);
    let facts = call_facts(call, directory.home());
    let how = match pricing.and_then(|pricing| pricing.wholesale_deck) {
        Some(version) => deck_value(&version.book.explain(&rating::CallFacts {
            digits: facts.digits.unwrap_or_default(),
            answered_at: facts.answered_at,
            talk_seconds: facts.billable_seconds,
        })?),
        None => json!({
            "rate_per_minute": pricing.and_then(|pricing| pricing.wholesale).map(|terms| {
                match call.class {
                    domain::phone::CallClass::Local => terms.local_minute.to_string(),
                    domain::phone::CallClass::TollFree => terms.toll_free_minute.to_string(),
                }
            }),
        }),
    };
    let cost: Micros = call.wholesale.cost;
    Ok(json!({
        "terms_from": call.wholesale.terms_from.to_string(),
        "billed_seconds": call.wholesale.billed_seconds,
        "how": how,
        "cost": cost.to_string(),
        "charge": call.wholesale.charge.as_str(),
        "agrees_with_terms": agrees,
    }))
}

fn deck_value(explanation: &Option<Explanation>) -> Value {
    let Some(explanation) = explanation else { return Value::Null };
    let segments: Vec<Value> = explanation
        .segments
        .iter()
        .map(|segment| {
            json!({
                "prefix": segment.prefix.to_string(),
                "step": segment.step,
                "window": segment.window,
                "from_second": segment.from_second,
                "seconds": segment.seconds,
                "rate": segment.rate.to_string(),
                "per_seconds": segment.per_seconds,
                "price": segment.price.to_string(),
            })
        })
        .collect();
    json!({
        "prefix": explanation.prefix.to_string(),
        "name": explanation.name,
        "billed_seconds": explanation.billed_seconds,
        "connection_fee": explanation.connection_fee.to_string(),
        "segments": segments,
        "exact": explanation.exact.to_string(),
        "price": explanation.price.to_string(),
        "uncapped": explanation.uncapped.map(|price| price.to_string()),
    })
}
