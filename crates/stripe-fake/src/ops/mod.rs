//! What each operation does.

mod accounts;
pub(crate) mod customers;
pub(crate) mod payments;
pub(crate) mod refunds;

use serde_json::Value;

use crate::{
    failure::{Failure, Outcome},
    world::{Call, World},
};

/// Carries out an operation.
pub(crate) fn perform(world: &mut World, (operation, call): (&str, &Call)) -> Outcome {
    if call.is_browser {
        check_secret(world, call)?;
    }
    let answer = match operation {
        "PostCustomers" => customers::create(world, call),
        "GetCustomersCustomer" => world.get(&call.account, ("customer", call.id())),
        "GetPaymentMethodsPaymentMethod" => world.get(&call.account, ("payment_method", call.id())),
        "PostPaymentMethodsPaymentMethodDetach" => customers::detach(world, call),
        "PostSetupIntents" => customers::begin_setup(world, call),
        "GetSetupIntentsIntent" => world.get(&call.account, ("setup_intent", call.id())),
        "PostSetupIntentsIntentConfirm" => customers::confirm(world, call),
        "PostSetupIntentsIntentVerifyMicrodeposits" => customers::verify(world, call),
        "PostPaymentIntents" => payments::create(world, call),
        "GetPaymentIntents" => Ok(world.page(call, ("payment_intent", "/v1/payment_intents"))),
        "GetPaymentIntentsIntent" => world.get(&call.account, ("payment_intent", call.id())),
        "PostPaymentIntentsIntentConfirm" => payments::confirm_again(world, call),
        "PostPaymentIntentsIntentCancel" => payments::cancel(world, call),
        "GetChargesCharge" => world.get(&call.account, ("charge", call.id())),
        "PostRefunds" => refunds::create(world, call),
        "GetRefunds" => Ok(world.page(call, ("refund", "/v1/refunds"))),
        "GetRefundsRefund" => world.get(&call.account, ("refund", call.id())),
        "GetDisputes" => Ok(world.page(call, ("dispute", "/v1/disputes"))),
        "GetDisputesDispute" => world.get(&call.account, ("dispute", call.id())),
        "PostDisputesDispute" => refunds::submit_evidence(world, call),
        "GetAccount" => world.get(&call.account, ("account", &call.account)),
        "PostAccounts" => accounts::create(world, call),
        "GetAccountsAccount" => accounts::find(world, call),
        "PostAccountsAccount" => accounts::edit(world, call),
        "PostAccountLinks" => accounts::link(world, call),
        "GetApplicationFeesId" => world.get(&call.account, ("application_fee", call.id())),
        "PostApplicationFeesIdRefunds" => refunds::return_fee(world, call),
        "GetMandatesMandate" => world.get(&call.account, ("mandate", call.id())),
        "GetEvents" => Ok(world.page(call, ("event", "/v1/events"))),
        "PostWebhookEndpoints" => accounts::create_endpoint(world, call),
        "DeleteWebhookEndpointsWebhookEndpoint" => accounts::delete_endpoint(world, call),
        other => {
            world.violations.push(format!("{other} is not made here"));
            Err(Failure::invalid("", "the fake does not know this operation"))
        }
    }?;
    world.expanded(call, answer)
}

/// A browser proves by its secret that the intent is its own.
fn check_secret(world: &World, call: &Call) -> Result<(), Failure> {
    let object = world.objects.get(&call.account).and_then(|objects| objects.get(call.id()));
    let secret = object.and_then(|object| object.get("client_secret")).and_then(Value::as_str);
    if secret.is_some() && secret == call.text("/client_secret") {
        return Ok(());
    }
    let kind = ("invalid_request_error", "secret_key_required");
    Err(Failure::new(401, kind, "This call needs the client's secret or a secret key"))
}
