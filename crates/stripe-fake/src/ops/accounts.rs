//! Accounts and what belongs to them: links to the form, endpoints for events.

use serde_json::{Value, json};

use crate::{
    delivery::Endpoint,
    failure::{Failure, Outcome},
    world::{Call, PLATFORM, World},
};

pub(crate) fn create(world: &mut World, call: &Call) -> Outcome {
    let id = world.id("acct").replace("acct_fake", "acct_1Fake");
    let descriptor = call.text("/settings/payments/statement_descriptor");
    world.add_account(&id, ("express", ""));
    let mut account = world.get(&id, ("account", &id))?;
    world.objects.remove(&id);
    for (name, value) in [("charges_enabled", false), ("payouts_enabled", false)] {
        account[name] = json!(value);
    }
    account["details_submitted"] = json!(false);
    account["email"] = json!(call.text("/email"));
    account["metadata"] = call.metadata();
    account["capabilities"] = json!({"card_payments": "inactive", "transfers": "inactive"});
    account["requirements"]["currently_due"] = json!(["business_type", "external_account"]);
    account["requirements"]["disabled_reason"] = json!("requirements.past_due");
    account["settings"]["payments"]["statement_descriptor"] = json!(descriptor);
    Ok(world.keep(PLATFORM, account))
}

pub(crate) fn find(world: &mut World, call: &Call) -> Outcome {
    world.get(&call.account, ("account", call.id())).map_err(|_| {
        let why = "The provided key does not have access to this account.";
        Failure::new(403, ("invalid_request_error", "account_invalid"), why)
    })
}

pub(crate) fn edit(world: &mut World, call: &Call) -> Outcome {
    find(world, call)?;
    let descriptor = call.form.pointer("/settings/payments/statement_descriptor").cloned();
    let account = world.edit(&call.account, call.id(), |it| {
        if let Some(descriptor) = descriptor {
            it["settings"]["payments"]["statement_descriptor"] = descriptor;
        }
    });
    world.happened(call.id(), ("account.updated", &account));
    Ok(account)
}

pub(crate) fn link(world: &mut World, call: &Call) -> Outcome {
    let account = call.text("/account").unwrap_or_default();
    world.get(&call.account, ("account", account))?;
    let once = world.id("link");
    Ok(json!({
        "object": "account_link", "created": world.now, "expires_at": world.now + 300,
        "url": format!("https://connect.stripe.example/setup/e/{account}/{once}"),
    }))
}

pub(crate) fn create_endpoint(world: &mut World, call: &Call) -> Outcome {
    let id = world.id("we");
    let kinds = call.form["enabled_events"].as_array().cloned().unwrap_or_default();
    let secret = format!("whsec_{id}");
    world.endpoints.push(Endpoint {
        id: id.clone(),
        account: call.account.clone(),
        is_connect: call.is("/connect"),
        url: call.text("/url").unwrap_or_default().to_owned(),
        secret: secret.clone(),
        kinds: kinds.iter().filter_map(Value::as_str).map(str::to_owned).collect(),
    });
    let endpoint = json!({
        "id": id, "object": "webhook_endpoint", "created": world.now, "livemode": false,
        "enabled_events": kinds, "metadata": {}, "status": "enabled", "url": call.text("/url"),
        "api_version": call.text("/api_version"),
    });
    world.keep(&call.account, endpoint.clone());
    // The secret is told in this answer only.
    let mut told = endpoint;
    told["secret"] = json!(secret);
    Ok(told)
}

pub(crate) fn delete_endpoint(world: &mut World, call: &Call) -> Outcome {
    world.get(&call.account, ("webhook_endpoint", call.id()))?;
    world.endpoints.retain(|endpoint| endpoint.id != call.id());
    if let Some(objects) = world.objects.get_mut(&call.account) {
        objects.remove(call.id());
    }
    Ok(json!({"id": call.id(), "object": "webhook_endpoint", "deleted": true}))
}
