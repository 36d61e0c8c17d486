//! The sandbox's answers to each question.

use domain::money::round_to_i64;

use super::{
    super::{
        EventEndpoint, EventsFrom, Evidence, FeeOnRefund, LinkTargets, Mandate, Method, NewCharge,
        NewConnectedAccount, NewCustomer, NewRefund, NewSetup, OneTimeLink, Ours, PaymentGateway,
        Presence, ProcessorEvent, SecretKey,
    },
    *,
};

impl PaymentGateway for Sandbox {
    async fn create_customer(
        &self,
        _: &At,
        key: &IdempotencyKey,
        _: &NewCustomer,
    ) -> Answer<String> {
        Ok(format!("sbx_cus.{}", short_hash(key.as_str())))
    }

    async fn begin_setup(&self, _: &At, key: &IdempotencyKey, new: &NewSetup) -> Answer<Setup> {
        let reference = format!("sbx_seti.{}.{}", new.kind.as_str(), short_hash(key.as_str()));
        let client_secret = Some(SecretKey::new(format!("{reference}_secret")));
        Ok(Setup { reference, client_secret, status: SetupStatus::Waiting, ours: None })
    }

    async fn setup(&self, _: &At, reference: &str) -> Answer<Setup> {
        let status = SetupStatus::Waiting;
        Ok(Setup { reference: reference.to_owned(), client_secret: None, status, ours: None })
    }

    async fn verify_microdeposits(
        &self,
        _: &At,
        _: &IdempotencyKey,
        (setup, amounts): (&str, (u32, u32)),
    ) -> Answer<Setup> {
        if amounts != MICRODEPOSITS {
            return Err(ProcessorError::Refused {
                code: "payment_method_microdeposit_verification_amounts_mismatch".to_owned(),
                message: "these are not the amounts that arrived".to_owned(),
                request_id: None,
            });
        }
        let late = test_method("bank_microdeposits").expect("a test method");
        let method = format!("sbx_pm.{}.{}", late.name, short_hash(setup));
        let status = SetupStatus::Succeeded { method };
        Ok(Setup { reference: setup.to_owned(), client_secret: None, status, ours: None })
    }

    async fn method(&self, _: &At, reference: &str) -> Answer<Method> {
        let found = reference.strip_prefix("sbx_pm.").and_then(|it| it.split('.').next());
        let method = found.and_then(test_method).ok_or_else(|| unknown("method", reference))?;
        Ok(Method {
            reference: reference.to_owned(),
            customer: None,
            kind: method.kind,
            brand: method.brand.to_owned(),
            last_four: method.last_four.to_owned(),
            expires: method.expires(),
            fingerprint: Some(format!("sbx_fp.{}", method.name)),
        })
    }

    async fn mandate(&self, _: &At, reference: &str) -> Answer<Mandate> {
        Err(unknown("mandate", reference))
    }

    async fn detach(&self, _: &At, _: &IdempotencyKey, _: &str) -> Answer<()> {
        Ok(())
    }

    async fn charge(&self, at: &At, key: &IdempotencyKey, new: &NewCharge) -> Answer<Charge> {
        let saved = self.method(at, &new.method).await?;
        let method = saved.fingerprint.as_deref().and_then(|it| it.strip_prefix("sbx_fp."));
        let method = method.and_then(test_method).ok_or_else(|| unknown("method", &new.method))?;
        match method.fate {
            Fate::NoAnswer => {
                return Err(ProcessorError::Unknown("the sandbox did not answer".to_owned()));
            }
            Fate::LosesAnswer if self.is_lost(key) => {
                return Err(ProcessorError::Unknown("the sandbox's answer was lost".to_owned()));
            }
            _ => {}
        }
        let charge = ChargeId {
            method,
            amount: new.amount,
            currency: new.currency,
            fee: new.fee.unwrap_or(Minor::ZERO),
            asked_at: new.asked_at,
            presence: if new.presence == Presence::OnSession { "on" } else { "off" },
            hash: short_hash(key.as_str()),
        };
        let charge = charge.charge(new.asked_at);
        match &charge.status {
            ChargeStatus::Failed(decline) => Err(ProcessorError::Declined(decline.clone())),
            _ => Ok(charge),
        }
    }

    async fn charge_state(&self, _: &At, reference: &str, now: Timestamp) -> Answer<Charge> {
        charge_id(reference).map(|charge| charge.charge(now))
    }

    async fn find_charge(&self, _: &At, _: &str, _: (&Ours, Timestamp)) -> Answer<Option<Charge>> {
        Ok(None)
    }

    async fn cancel_charge(&self, _: &At, _: &IdempotencyKey, reference: &str) -> Answer<Charge> {
        let waiting = charge_id(reference)?;
        // Given up as if the payer had failed, so that the id says so from now on.
        let charge = ChargeId { presence: "failed", ..waiting };
        let now = charge.asked_at;
        Ok(Charge { status: ChargeStatus::Cancelled, ..charge.charge(now) })
    }

    async fn refund(&self, _: &At, key: &IdempotencyKey, new: &NewRefund) -> Answer<Refund> {
        let charge = charge_id(&new.charge)?;
        if new.fee == FeeOnRefund::Returned {
            let share = round_to_i64(
                i128::from(charge.fee.get()) * i128::from(new.amount.get()),
                i128::from(charge.amount.get()),
            );
            let share = Minor::new(share.unwrap_or_default());
            self.give_fee_back(&charge, (key.as_str(), share));
        }
        let (amount, asked_at) = (new.amount.get(), new.asked_at.micros());
        let hash = short_hash(key.as_str());
        let reference = format!("sbx_re~{}~{amount}~{asked_at}~{hash}", new.charge);
        let id = RefundId::parse(&reference).ok_or_else(|| unknown("refund", &reference))?;
        Ok(id.refund(&reference, new.asked_at))
    }

    async fn refund_state(&self, _: &At, reference: &str, now: Timestamp) -> Answer<Refund> {
        let id = RefundId::parse(reference).ok_or_else(|| unknown("refund", reference))?;
        Ok(id.refund(reference, now))
    }

    async fn refunds_of(&self, _: &At, _: &str, _: Timestamp) -> Answer<Vec<Refund>> {
        Ok(Vec::new())
    }

    async fn fee_returned(&self, _: &At, charge: &str) -> Answer<Minor> {
        let charge = charge_id(charge)?;
        let fees = self.fees.lock().unwrap_or_else(PoisonError::into_inner);
        let given = fees.get(&charge.text()).into_iter().flatten();
        Ok(Minor::new(given.map(|(_, amount)| amount.get()).sum()))
    }

    async fn return_fee(
        &self,
        _: &At,
        key: &IdempotencyKey,
        (charge, amount): (&str, Minor),
    ) -> Answer<Minor> {
        Ok(self.give_fee_back(&charge_id(charge)?, (key.as_str(), amount)))
    }

    async fn dispute(&self, _: &At, reference: &str, now: Timestamp) -> Answer<Dispute> {
        let charge = reference.strip_prefix("sbx_dp.").and_then(ChargeId::parse);
        let dispute = charge.and_then(|charge| charge.dispute(now));
        dispute.ok_or_else(|| unknown("dispute", reference))
    }

    async fn submit_evidence(
        &self,
        at: &At,
        _: &IdempotencyKey,
        (reference, evidence): (&str, &Evidence),
    ) -> Answer<Dispute> {
        let charge = reference.strip_prefix("sbx_dp.").and_then(ChargeId::parse);
        let charge = charge.ok_or_else(|| unknown("dispute", reference))?;
        let since = charge.asked_at.plus_seconds(DISPUTE_SECONDS + ACH_SECONDS);
        let open = self.dispute(at, reference, since).await?;
        let status = match (evidence.is_final, evidence.text.as_str()) {
            (true, "winning_evidence") => DisputeStatus::Won,
            (true, "losing_evidence") => DisputeStatus::Lost,
            _ => DisputeStatus::Open("under_review".to_owned()),
        };
        Ok(Dispute { status, ..open })
    }

    async fn account(&self, at: &At) -> Answer<Account> {
        match &at.key {
            Some(key) if key.reveal().contains("invalid") => {
                Err(ProcessorError::Unauthorised { request_id: None })
            }
            _ => Ok(Self::account_of(at)),
        }
    }

    async fn create_connected(
        &self,
        at: &At,
        key: &IdempotencyKey,
        _: &NewConnectedAccount,
    ) -> Answer<Account> {
        let id = format!("acct_sandbox{}", short_hash(key.as_str()));
        let account = ProcessorAccount::parse(&id).expect("letters and digits");
        Ok(Account { account, ..Self::account_of(at) })
    }

    async fn onboarding_link(
        &self,
        _: &At,
        _: &IdempotencyKey,
        (_, to): (&ProcessorAccount, &LinkTargets),
    ) -> Answer<OneTimeLink> {
        Ok(OneTimeLink(to.return_url.clone()))
    }

    async fn set_descriptor(
        &self,
        at: &At,
        _: &IdempotencyKey,
        (account, text): (&ProcessorAccount, &str),
    ) -> Answer<Account> {
        let descriptor = Some(text.to_owned());
        Ok(Account { account: account.clone(), descriptor, ..Self::account_of(at) })
    }

    async fn create_endpoint(
        &self,
        _: &At,
        key: &IdempotencyKey,
        _: &str,
    ) -> Answer<EventEndpoint> {
        let hash = short_hash(key.as_str());
        Ok(EventEndpoint {
            reference: format!("sbx_we.{hash}"),
            secret: SecretKey::new(format!("whsec_sandbox_{hash}")),
        })
    }

    async fn delete_endpoint(&self, _: &At, _: &str) -> Answer<()> {
        Ok(())
    }

    async fn events(&self, _: &At, _: &EventsFrom) -> Answer<Vec<ProcessorEvent>> {
        Ok(Vec::new())
    }
}
