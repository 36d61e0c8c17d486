//! Money that goes back: refunds, the platform's fees, disputes.

use serde_json::{Value, json};

use crate::{
    cards::Fate,
    failure::{Failure, Outcome},
    world::{Call, PLATFORM, World},
};

fn number(value: &Value, name: &str) -> i64 {
    value[name].as_i64().unwrap_or_default()
}

pub(crate) fn create(world: &mut World, call: &Call) -> Outcome {
    let intent = call.text("/payment_intent").unwrap_or_default();
    let wanted = Wanted {
        amount: call.number("/amount"),
        returns_fee: call.is("/refund_application_fee"),
        metadata: call.metadata(),
    };
    refund(world, (&call.account, intent), &wanted)
}

/// A refund to be.
pub(crate) struct Wanted {
    pub(crate) amount: Option<i64>,
    pub(crate) returns_fee: bool,
    pub(crate) metadata: Value,
}

pub(crate) fn refund(
    world: &mut World,
    (account, intent): (&str, &str),
    wanted: &Wanted,
) -> Outcome {
    let intent = world.get(account, ("payment_intent", intent))?;
    let charge = intent["latest_charge"].as_str().unwrap_or_default();
    let charge = world.get(account, ("charge", charge))?;
    let left = number(&charge, "amount") - number(&charge, "amount_refunded");
    let amount = wanted.amount.unwrap_or(left);
    if charge["status"] != "succeeded" {
        return Err(Failure::invalid("charge_not_refundable", "This charge has not succeeded."));
    }
    if charge["disputed"] == true {
        return Err(Failure::invalid("charge_disputed", "This charge is disputed."));
    }
    if left == 0 {
        return Err(Failure::invalid("charge_already_refunded", "Already refunded."));
    }
    if amount <= 0 || amount > left {
        let why = "Refund amount is greater than unrefunded amount on charge";
        return Err(Failure::invalid("", why));
    }
    if wanted.returns_fee && charge["application_fee"].is_null() {
        let why = "You must have a fee on the charge to refund it.";
        return Err(Failure::invalid("application_fees_not_allowed", why));
    }
    let method = charge["payment_method"].as_str().unwrap_or_default();
    let is_slow = world.test_of(method).fate == Fate::RefundsSlowly;
    let refund = json!({
        "id": world.id("re"), "object": "refund", "created": world.now, "amount": amount,
        "currency": charge["currency"], "charge": charge["id"], "payment_intent": intent["id"],
        "metadata": wanted.metadata, "status": if is_slow { "pending" } else { "succeeded" },
        "reason": null,
    });
    world.keep(account, refund.clone());
    if wanted.returns_fee {
        let fee = charge["application_fee"].as_str().unwrap_or_default();
        let whole = number(&charge, "application_fee_amount");
        let total = number(&charge, "amount");
        let share =
            if amount == total { whole } else { (2 * whole * amount + total) / (2 * total) };
        give_back(world, fee, share);
    }
    let id = charge["id"].as_str().unwrap_or_default();
    let charge = world.edit(account, id, |it| add_refunded(it, amount));
    world.happened(account, ("refund.created", &refund));
    world.happened(account, ("charge.refunded", &charge));
    Ok(refund)
}

fn add_refunded(charge: &mut Value, amount: i64) {
    let refunded = number(charge, "amount_refunded") + amount;
    charge["refunded"] = json!(refunded == number(charge, "amount"));
    charge["amount_refunded"] = json!(refunded);
}

/// A refund's end, days later: it did, or did not, reach the payer.
pub(crate) fn end_refund(world: &mut World, (account, id): (&str, &str), arrives: bool) -> Outcome {
    let refund = world.get(account, ("refund", id))?;
    if matches!(refund["status"].as_str(), Some("failed" | "canceled")) {
        return Ok(refund);
    }
    let changed = world.edit(account, id, |it| {
        it["status"] = json!(if arrives { "succeeded" } else { "failed" });
        if !arrives {
            it["failure_reason"] = json!("lost_or_stolen_card");
        }
    });
    if !arrives {
        let charge = refund["charge"].as_str().unwrap_or_default();
        world.edit(account, charge, |it| add_refunded(it, -number(&refund, "amount")));
        world.happened(account, ("refund.failed", &changed));
    } else if refund["status"] != "succeeded" {
        world.happened(account, ("refund.updated", &changed));
    }
    Ok(changed)
}

/// What becomes of a refund by itself.
pub(crate) fn settle_refund(world: &mut World, (account, refund): (&str, &Value)) {
    let charge = refund["charge"].as_str().unwrap_or_default();
    let Ok(charge) = world.get(account, ("charge", charge)) else { return };
    let fate = world.test_of(charge["payment_method"].as_str().unwrap_or_default()).fate;
    let id = refund["id"].as_str().unwrap_or_default();
    if matches!(fate, Fate::RefundsSlowly | Fate::RefundsNot) {
        let ended = end_refund(world, (account, id), fate == Fate::RefundsSlowly);
        ended.expect("the refund is there");
    }
}

/// The platform's fee of a charge that succeeded.
pub(crate) fn take_fee(
    world: &mut World,
    (account, charge): (&str, &str),
    intent: &Value,
) -> Value {
    let amount = number(intent, "application_fee_amount");
    if amount == 0 {
        return Value::Null;
    }
    let id = world.id("fee");
    let fee = json!({
        "id": id, "object": "application_fee", "created": world.now, "livemode": false,
        "account": account, "amount": amount, "amount_refunded": 0, "application": "ca_fake",
        "charge": charge, "currency": intent["currency"], "refunded": false,
        "refunds": {
            "object": "list", "data": [], "has_more": false,
            "url": format!("/v1/application_fees/{id}/refunds"),
        },
    });
    world.keep(PLATFORM, fee.clone());
    world.happened(PLATFORM, ("application_fee.created", &fee));
    json!(id)
}

fn give_back(world: &mut World, fee: &str, amount: i64) {
    let fee = world.edit(PLATFORM, fee, |it| {
        let returned = number(it, "amount_refunded") + amount;
        it["refunded"] = json!(returned == number(it, "amount"));
        it["amount_refunded"] = json!(returned);
    });
    world.happened(PLATFORM, ("application_fee.refunded", &fee));
}

pub(crate) fn return_fee(world: &mut World, call: &Call) -> Outcome {
    let fee = world.get(&call.account, ("application_fee", call.id()))?;
    let left = number(&fee, "amount") - number(&fee, "amount_refunded");
    let amount = call.number("/amount").unwrap_or(left);
    if amount <= 0 || amount > left {
        return Err(Failure::invalid("", "The fee has less than that left."));
    }
    give_back(world, call.id(), amount);
    Ok(json!({
        "id": world.id("fr"), "object": "fee_refund", "created": world.now, "amount": amount,
        "currency": fee["currency"], "fee": call.id(), "metadata": {},
    }))
}

/// The payer disputes a charge.
pub(crate) fn dispute(
    world: &mut World,
    (account, charge): (&str, &str),
    (reason, status): (&str, &str),
) -> Value {
    let charge = world.edit(account, charge, |it| it["disputed"] = json!(true));
    let amount = number(&charge, "amount") - number(&charge, "amount_refunded");
    let dispute = json!({
        "id": world.id("dp"), "object": "dispute", "created": world.now, "livemode": false,
        "amount": amount, "currency": charge["currency"], "charge": charge["id"],
        "payment_intent": charge["payment_intent"], "reason": reason, "status": status,
        "balance_transactions": [], "enhanced_eligibility_types": [],
        "evidence": {"enhanced_evidence": {}},
        "evidence_details": {
            "due_by": world.now + 7 * 86_400, "enhanced_eligibility": {}, "has_evidence": false,
            "past_due": false, "submission_count": 0,
        },
        "is_charge_refundable": false, "metadata": {},
    });
    world.keep(account, dispute.clone());
    world.happened(account, ("charge.dispute.created", &dispute));
    if status == "lost" {
        world.happened(account, ("charge.dispute.closed", &dispute));
    }
    dispute
}

/// The end of a dispute.
pub(crate) fn close(world: &mut World, (account, id): (&str, &str), status: &str) -> Outcome {
    world.get(account, ("dispute", id))?;
    let dispute = world.edit(account, id, |it| it["status"] = json!(status));
    if status != "lost" {
        let charge = dispute["charge"].as_str().unwrap_or_default();
        world.edit(account, charge, |it| it["disputed"] = json!(false));
        world.happened(account, ("charge.dispute.funds_reinstated", &dispute));
    }
    world.happened(account, ("charge.dispute.closed", &dispute));
    Ok(dispute)
}

pub(crate) fn submit_evidence(world: &mut World, call: &Call) -> Outcome {
    let dispute = world.get(&call.account, ("dispute", call.id()))?;
    let is_open =
        ["needs_response", "warning_needs_response"].iter().any(|it| dispute["status"] == *it);
    if !is_open {
        let why = "This dispute takes no evidence any more.";
        return Err(Failure::invalid("", why));
    }
    let text = call.text("/evidence/uncategorized_text").unwrap_or_default().to_owned();
    let submits = call.is("/submit");
    let place = (call.account.as_str(), call.id());
    let dispute = world.edit(place.0, place.1, |it| {
        it["evidence"]["uncategorized_text"] = json!(text);
        it["evidence_details"]["has_evidence"] = json!(true);
        if submits {
            it["status"] = json!("under_review");
            it["evidence_details"]["submission_count"] = json!(1);
        }
    });
    world.happened(place.0, ("charge.dispute.updated", &dispute));
    match (submits, text.as_str()) {
        (true, "winning_evidence") => close(world, place, "won"),
        (true, "losing_evidence") => close(world, place, "lost"),
        _ => Ok(dispute),
    }
}
