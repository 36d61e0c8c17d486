//! Charges: payment intents, what confirming them comes to, and how debits are settled.

use serde_json::{Value, json};

use super::refunds;
use crate::{
    cards::Fate,
    failure::{Failure, Outcome, card_error},
    world::{Call, PLATFORM, World},
};

/// What a confirmation says besides the method.
#[derive(Clone, Copy, PartialEq)]
enum Payer {
    Present,
    Absent,
    /// Is there and has authenticated.
    Known,
}

fn check(world: &mut World, call: &Call) -> Result<Value, Failure> {
    let refuse = |code: &str, why: &str| Err(Failure::invalid(code, why));
    let amount = call.number("/amount").unwrap_or_default();
    if amount < 50 {
        return refuse("amount_too_small", "Amount must be at least $0.50 usd");
    }
    if amount > 99_999_999 {
        return refuse("amount_too_large", "Amount must be no more than $999,999.99");
    }
    let confirms = call.is("/confirm");
    let tells_how = call.text("/off_session").or(call.text("/error_on_requires_action"));
    if tells_how.is_some() && !confirms {
        return refuse("parameter_missing", "off_session can only be set when confirming");
    }
    let fee = call.number("/application_fee_amount");
    if fee.is_some() && !world.is_connected(&call.account) {
        return refuse("application_fees_not_allowed", "This account may not take fees");
    }
    if fee.is_some_and(|fee| fee <= 0 || fee > amount) {
        return refuse("parameter_invalid_integer", "The fee must be within the amount");
    }
    if world.is_connected(&call.account) {
        let account = world.get(PLATFORM, ("account", &call.account))?;
        if account["charges_enabled"] != true {
            let why = "Your account cannot currently make live charges.";
            return Err(Failure::new(403, ("invalid_request_error", "account_invalid"), why));
        }
    }
    let customer = call.text("/customer").unwrap_or_default().to_owned();
    world.get(&call.account, ("customer", &customer))?;
    let named = call.text("/payment_method").unwrap_or_default();
    let is_new = crate::cards::find(named).is_some();
    let method = world.method(&call.account, named)?;
    if is_new {
        let id = method["id"].as_str().unwrap_or_default();
        return Ok(world.edit(&call.account, id, |it| it["customer"] = json!(customer)));
    }
    if method["customer"] != customer.as_str() {
        return refuse("payment_intent_invalid_parameter", "The method belongs to somebody else");
    }
    Ok(method)
}

pub(crate) fn create(world: &mut World, call: &Call) -> Outcome {
    let method = check(world, call)?;
    let is_card = method["type"] == "card";
    let (descriptor, suffix) =
        (call.text("/statement_descriptor"), call.text("/statement_descriptor_suffix"));
    if is_card && descriptor.is_some() {
        let why = "statement_descriptor is not supported for the card type; use the suffix";
        return Err(Failure::invalid("parameter_unknown", why));
    }
    if suffix.is_some_and(|it| !it.bytes().any(|byte| byte.is_ascii_alphabetic())) {
        return Err(Failure::invalid("parameter_invalid", "The suffix needs a letter"));
    }
    let mandate = "/mandate_data/customer_acceptance/type";
    if !is_card && call.text(mandate).is_none() {
        return Err(Failure::invalid("parameter_missing", "A debit needs mandate_data"));
    }
    let id = world.id("pi");
    let intent = json!({
        "id": id, "object": "payment_intent", "created": world.now, "livemode": false,
        "amount": call.number("/amount"), "amount_received": 0, "amount_capturable": 0,
        "application_fee_amount": call.number("/application_fee_amount"),
        "capture_method": "automatic", "confirmation_method": "automatic",
        "client_secret": format!("{id}_secret_{}", id.len()),
        "currency": call.text("/currency"), "customer": call.text("/customer"),
        "description": call.text("/description"), "last_payment_error": null,
        "latest_charge": null, "metadata": call.metadata(), "next_action": null,
        "payment_method": method["id"], "payment_method_types": [method["type"]],
        "statement_descriptor": descriptor, "statement_descriptor_suffix": suffix,
        "status": "requires_confirmation",
    });
    world.keep(&call.account, intent.clone());
    if !call.is("/confirm") {
        return Ok(intent);
    }
    let is_absent = call.is("/off_session") || call.is("/error_on_requires_action");
    let payer = if is_absent { Payer::Absent } else { Payer::Present };
    confirm(world, (&call.account, &id), payer)
}

/// A browser that confirms, or comes back from authentication.
pub(crate) fn confirm_again(world: &mut World, call: &Call) -> Outcome {
    let intent = world.get(&call.account, ("payment_intent", call.id()))?;
    let place = (call.account.as_str(), call.id());
    match (intent["status"].as_str(), call.text("/payment_method_data/authentication")) {
        (Some("requires_action"), Some("fail")) => authenticated(world, place, false),
        (Some("requires_action"), _) => authenticated(world, place, true),
        (Some("requires_confirmation" | "requires_payment_method"), _) => {
            let number = call.text("/payment_method_data/card/number");
            let method = number.or(intent["payment_method"].as_str()).unwrap_or_default();
            let method = world.method(place.0, method)?["id"].clone();
            world.edit(place.0, place.1, |it| it["payment_method"] = method);
            confirm(world, place, Payer::Present)
        }
        _ => Err(unexpected(&intent)),
    }
}

fn unexpected(intent: &Value) -> Failure {
    let why = format!("This PaymentIntent is {} already.", intent["status"]);
    Failure::invalid("payment_intent_unexpected_state", &why)
}

pub(crate) fn cancel(world: &mut World, call: &Call) -> Outcome {
    let intent = world.get(&call.account, ("payment_intent", call.id()))?;
    if matches!(intent["status"].as_str(), Some("succeeded" | "canceled" | "processing")) {
        return Err(unexpected(&intent));
    }
    let now = world.now;
    let intent = world.edit(&call.account, call.id(), |it| {
        it["status"] = json!("canceled");
        it["canceled_at"] = json!(now);
        it["next_action"] = Value::Null;
    });
    world.happened(&call.account, ("payment_intent.canceled", &intent));
    Ok(intent)
}

/// The payer did, or did not, prove to be the payer.
pub(crate) fn authenticated(
    world: &mut World,
    (account, id): (&str, &str),
    is_payer: bool,
) -> Outcome {
    let intent = world.get(account, ("payment_intent", id))?;
    if intent["status"] != "requires_action" {
        return Err(unexpected(&intent));
    }
    if is_payer {
        return confirm(world, (account, id), Payer::Known);
    }
    let error = card_error("payment_intent_authentication_failure", None);
    failed(world, (account, id), error)
}

fn confirm(world: &mut World, (account, id): (&str, &str), payer: Payer) -> Outcome {
    let intent = world.get(account, ("payment_intent", id))?;
    let method = intent["payment_method"].as_str().unwrap_or_default();
    match (world.test_of(method).fate, payer) {
        (Fate::Declines(code, decline), _) => {
            failed(world, (account, id), card_error(code, decline))
        }
        (Fate::DeclinesAtOnce, _) => {
            let error = card_error("card_declined", Some("generic_decline"));
            failed(world, (account, id), error)
        }
        (Fate::Authenticates(_), Payer::Absent) => {
            let error = card_error("authentication_required", Some("authentication_required"));
            failed(world, (account, id), error)
        }
        (Fate::Authenticates(Some(code)), Payer::Known) => {
            failed(world, (account, id), card_error("card_declined", Some(code)))
        }
        (Fate::Authenticates(_), Payer::Present) => {
            let intent = world.edit(account, id, |it| {
                it["status"] = json!("requires_action");
                it["next_action"] =
                    json!({"type": "use_stripe_sdk", "use_stripe_sdk": {"type": "three_d_secure"}});
            });
            world.happened(account, ("payment_intent.requires_action", &intent));
            Ok(intent)
        }
        _ if !world.test_of(method).is_card() => {
            let charge = new_charge(world, (account, &intent), "pending");
            let intent = world.edit(account, id, |it| {
                it["status"] = json!("processing");
                it["latest_charge"] = charge;
                it["last_payment_error"] = Value::Null;
            });
            world.happened(account, ("payment_intent.processing", &intent));
            Ok(intent)
        }
        _ => {
            let charge = new_charge(world, (account, &intent), "succeeded");
            succeeded(world, (account, id), charge)
        }
    }
}

fn failed(world: &mut World, (account, id): (&str, &str), error: Value) -> Outcome {
    let intent = world.edit(account, id, |it| {
        it["status"] = json!("requires_payment_method");
        it["last_payment_error"] = error.clone();
        it["next_action"] = Value::Null;
        it["payment_method"] = Value::Null;
    });
    world.happened(account, ("payment_intent.payment_failed", &intent));
    Err(Failure::declined(&error, ("payment_intent", &intent)))
}

fn new_charge(world: &mut World, (account, intent): (&str, &Value), status: &str) -> Value {
    let id = world.id(if intent["payment_method_types"][0] == "card" { "ch" } else { "py" });
    let owner = if world.is_connected(account) { PLATFORM } else { account };
    let known = world.get(owner, ("account", account)).unwrap_or_default();
    let own = known["settings"]["payments"]["statement_descriptor"].as_str().unwrap_or_default();
    let shown =
        match (intent["statement_descriptor_suffix"].as_str(), &intent["statement_descriptor"]) {
            (Some(suffix), _) => format!("{own}* {suffix}").chars().take(22).collect(),
            (None, Value::String(whole)) => whole.clone(),
            _ => own.to_owned(),
        };
    let is_paid = status == "succeeded";
    let charge = json!({
        "id": id, "object": "charge", "created": world.now, "livemode": false,
        "amount": intent["amount"], "amount_refunded": 0, "refunded": false, "disputed": false,
        "amount_captured": if is_paid { intent["amount"].clone() } else { json!(0) },
        "application_fee": null, "application_fee_amount": intent["application_fee_amount"],
        "billing_details": {
            "address": null, "email": null, "name": null, "phone": null, "tax_id": null,
        },
        "calculated_statement_descriptor": shown, "captured": is_paid, "paid": is_paid,
        "currency": intent["currency"], "customer": intent["customer"],
        "metadata": intent["metadata"],
        "payment_intent": intent["id"], "payment_method": intent["payment_method"],
        "status": status, "description": intent["description"],
    });
    world.keep(account, charge);
    json!(id)
}

/// The money came: fee, events, and the dispute that some cards bring.
fn succeeded(world: &mut World, (account, id): (&str, &str), charge: Value) -> Outcome {
    let charge_id = charge.as_str().unwrap_or_default().to_owned();
    let intent = world.edit(account, id, |it| {
        it["status"] = json!("succeeded");
        it["amount_received"] = it["amount"].clone();
        it["latest_charge"] = charge;
        it["next_action"] = Value::Null;
        it["last_payment_error"] = Value::Null;
    });
    let fee = refunds::take_fee(world, (account, &charge_id), &intent);
    let charge = world.edit(account, &charge_id, |it| {
        it["status"] = json!("succeeded");
        it["paid"] = json!(true);
        it["captured"] = json!(true);
        it["amount_captured"] = it["amount"].clone();
        it["application_fee"] = fee;
    });
    world.happened(account, ("charge.succeeded", &charge));
    world.happened(account, ("payment_intent.succeeded", &intent));
    let method = intent["payment_method"].as_str().unwrap_or_default();
    if let Fate::Disputed(reason, status) = world.test_of(method).fate {
        refunds::dispute(world, (account, &charge_id), (reason, status));
    }
    Ok(intent)
}

/// Days later: the debit comes, or does not.
pub(crate) fn settle(world: &mut World, (account, id): (&str, &str)) -> Outcome {
    let intent = world.get(account, ("payment_intent", id))?;
    if intent["status"] != "processing" {
        return Err(unexpected(&intent));
    }
    let method = intent["payment_method"].as_str().unwrap_or_default();
    let charge = intent["latest_charge"].clone();
    match world.test_of(method).fate {
        Fate::Processes => Ok(intent),
        Fate::SettlesNot(code) => {
            let charge = charge.as_str().unwrap_or_default().to_owned();
            world.edit(account, &charge, |it| it["status"] = json!("failed"));
            let mut error = card_error(code, None);
            error["type"] = json!("invalid_request_error");
            // Days later nobody waits for an answer: the event tells it.
            failed(world, (account, id), error)
                .or_else(|_| world.get(account, ("payment_intent", id)))
        }
        _ => succeeded(world, (account, id), charge),
    }
}
