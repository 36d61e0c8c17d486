//! What came of a charge, as a page says it.

use app::{error::AppError, platform::Charged};
use domain::operator_charge::ChargeState;

use crate::portal::{change::Refusal, guest::Fault};

/// The code of the notice to tell: `done` where the money came, or why it did not.
pub(super) fn outcome(
    charged: Result<Charged, AppError>,
    done: &'static str,
) -> Result<Result<&'static str, Refusal>, Fault> {
    let charge = match charged {
        Ok(Charged { charge: Some(charge), .. }) => charge,
        // Nothing was to be charged.
        Ok(Charged { charge: None, .. }) => return Ok(Ok(done)),
        Err(error) => return Ok(Err(Refusal::of(error)?)),
    };
    let refused = |error| Refusal::of(error).map(Err);
    match charge.state {
        ChargeState::Succeeded => Ok(Ok(done)),
        ChargeState::Declined => refused(AppError::PaymentDeclined(charge.outcome)),
        ChargeState::Cancelled => refused(AppError::ProcessorUnavailable(charge.outcome)),
        ChargeState::Open | ChargeState::Unknown | ChargeState::Waiting => Ok(Ok("on-its-way")),
    }
}
