//! Customers, their payment methods, and how those are saved.

use serde_json::{Value, json};

use crate::{
    cards::{self, Fate},
    failure::{Failure, Outcome, card_error},
    world::{Call, World},
};

pub(crate) fn create(world: &mut World, call: &Call) -> Outcome {
    let customer = json!({
        "id": world.id("cus"), "object": "customer", "created": world.now, "livemode": false,
        "name": call.text("/name"), "email": call.text("/email"), "metadata": call.metadata(),
        "invoice_settings": {"default_payment_method": null},
    });
    Ok(world.keep(&call.account, customer))
}

/// Takes a method away from its customer.
pub(crate) fn detach(world: &mut World, call: &Call) -> Outcome {
    let method = world.get(&call.account, ("payment_method", call.id()))?;
    if method["customer"].is_null() {
        let why = "The payment method you provided is not attached to a customer so detachment \
                   is impossible.";
        return Err(Failure::invalid("", why));
    }
    let method = world.edit(&call.account, call.id(), |it| it["customer"] = Value::Null);
    world.happened(&call.account, ("payment_method.detached", &method));
    Ok(method)
}

pub(crate) fn begin_setup(world: &mut World, call: &Call) -> Outcome {
    let customer = call.text("/customer").unwrap_or_default();
    world.get(&call.account, ("customer", customer))?;
    let id = world.id("seti");
    let setup = json!({
        "id": id, "object": "setup_intent", "created": world.now, "livemode": false,
        "client_secret": format!("{id}_secret_{}", id.len()), "customer": customer,
        "metadata": call.metadata(), "payment_method": null, "last_setup_error": null,
        "next_action": null, "status": "requires_payment_method",
        "usage": call.text("/usage").unwrap_or("off_session"),
        "payment_method_types": call.form["payment_method_types"],
    });
    Ok(world.keep(&call.account, setup))
}

/// What a browser fills in: a test method's number or name, and how a bank account is verified.
pub(crate) fn confirm(world: &mut World, call: &Call) -> Outcome {
    let named = call
        .text("/payment_method_data/card/number")
        .or_else(|| call.text("/payment_method_data/us_bank_account/account_number"))
        .or_else(|| call.text("/payment_method"))
        .unwrap_or_default();
    let by_deposits = call.text("/payment_method_data/us_bank_account/verify") == Some("deposits");
    fill_in(world, (&call.account, call.id()), (named, by_deposits))
}

/// Fills in a wish to save a method.
pub(crate) fn fill_in(
    world: &mut World,
    (account, id): (&str, &str),
    (named, by_deposits): (&str, bool),
) -> Outcome {
    let setup = world.get(account, ("setup_intent", id))?;
    let is_open = setup["status"] == "requires_payment_method";
    if !is_open {
        let why = "This SetupIntent is not waiting for a payment method.";
        return Err(Failure::invalid("setup_intent_unexpected_state", why));
    }
    let named = named.replace(' ', "");
    let test = cards::find(&named).ok_or_else(|| {
        Failure::new(402, ("card_error", "incorrect_number"), "Your card number is incorrect.")
    })?;
    let kind = if test.is_card() { "card" } else { "us_bank_account" };
    if setup["payment_method_types"][0] != kind {
        return Err(Failure::invalid("", "This kind of payment method is not wanted here."));
    }
    if test.fate == Fate::DeclinesAtOnce {
        let error = card_error("card_declined", Some("generic_decline"));
        let setup = world.edit(account, id, |it| it["last_setup_error"] = error.clone());
        world.happened(account, ("setup_intent.setup_failed", &setup));
        return Err(Failure::declined(&error, ("setup_intent", &setup)));
    }
    let method = world.new_method(account, test)["id"].clone();
    if by_deposits || test.fate == Fate::NoMicrodeposits {
        let setup = world.edit(account, id, |it| {
            it["payment_method"] = method;
            it["status"] = json!("requires_action");
            it["next_action"] = json!({
                "type": "verify_with_microdeposits",
                "verify_with_microdeposits": {
                    "arrival_date": 1_780_200_000, "hosted_verification_url": "https://example.com",
                    "microdeposit_type": "amounts",
                },
            });
        });
        world.happened(account, ("setup_intent.requires_action", &setup));
        return Ok(setup);
    }
    saved(world, (account, id), method)
}

/// The method is saved and attached.
fn saved(world: &mut World, (account, id): (&str, &str), method: Value) -> Outcome {
    let setup = world.edit(account, id, |it| {
        it["status"] = json!("succeeded");
        it["payment_method"] = method.clone();
        it["next_action"] = Value::Null;
    });
    let reference = method.as_str().unwrap_or_default();
    let customer = setup["customer"].clone();
    let method = world.edit(account, reference, |it| it["customer"] = customer);
    world.happened(account, ("payment_method.attached", &method));
    world.happened(account, ("setup_intent.succeeded", &setup));
    Ok(setup)
}

/// The owner of a bank account says which amounts arrived.
pub(crate) fn verify(world: &mut World, call: &Call) -> Outcome {
    let setup = world.get(&call.account, ("setup_intent", call.id()))?;
    if setup["status"] != "requires_action" {
        let why = "This SetupIntent has nothing to verify.";
        return Err(Failure::invalid("setup_intent_unexpected_state", why));
    }
    if call.form["amounts"] != json!(["32", "45"]) {
        let code = "payment_method_microdeposit_verification_amounts_mismatch";
        return Err(Failure::invalid(code, "The amounts provided do not match."));
    }
    saved(world, (&call.account, call.id()), setup["payment_method"].clone())
}

/// The two small amounts never arrived.
pub(crate) fn deposits_failed(world: &mut World, (account, id): (&str, &str)) {
    let mut error = card_error("payment_method_microdeposit_failed", None);
    error["type"] = json!("invalid_request_error");
    let setup = world.edit(account, id, |it| {
        it["status"] = json!("requires_payment_method");
        it["payment_method"] = Value::Null;
        it["next_action"] = Value::Null;
        it["last_setup_error"] = error;
    });
    world.happened(account, ("setup_intent.setup_failed", &setup));
}

/// A customer goes, and with it what was saved for it.
pub(crate) fn delete(world: &mut World, (account, customer): (&str, &str)) {
    for method in world.all(account, "payment_method") {
        if method["customer"] == customer {
            let id = method["id"].as_str().unwrap_or_default();
            world.edit(account, id, |it| it["customer"] = Value::Null);
        }
    }
    let found = world.get(account, ("customer", customer)).expect("the customer is there");
    if let Some(objects) = world.objects.get_mut(account) {
        objects.remove(customer);
    }
    world.happened(account, ("customer.deleted", &found));
}

/// A bank no longer lets a method be debited.
pub(crate) fn end_mandate(world: &mut World, (account, method): (&str, &str)) {
    let mandate = json!({
        "id": world.id("mandate"), "object": "mandate", "livemode": false, "type": "multi_use",
        "status": "inactive", "payment_method": method, "multi_use": {},
        "customer_acceptance": {"type": "offline", "accepted_at": world.now, "offline": {}},
        "payment_method_details": {"type": "us_bank_account", "us_bank_account": {}},
    });
    world.keep(account, mandate.clone());
    world.happened(account, ("mandate.updated", &mandate));
}
