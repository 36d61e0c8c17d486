-- What the operator charges partners: subscriptions, wallets, charges on their payment methods.
-- Conventions as in 0001.

-- Given with the first activation (PLT-07); what partners with own processor keys pay on top of
-- their fee (PLT-36); the number of the next subscription invoice (PLT-33).
alter table operator add column initial_credit_minor bigint not null default 2500;
alter table operator add column surcharge_minor bigint not null default 0;
alter table operator add column next_subscription_number bigint not null default 1;

-- One row per partner: where it is underneath any suspension, and what comes next.
create table subscription (
  partner_id text primary key,
  -- prepaid: fees by card, usage from a wallet that must hold something. on_account: the operator
  -- made it active by hand and settles with it elsewhere.
  billing text not null,
  stage text not null,
  stage_since bigint not null,
  reasons text not null,
  enterprise_fee_minor bigint check (enterprise_fee_minor >= 0),
  pending_tier text,
  pending_since bigint,
  -- the last calendar month (202605) whose fee was asked for
  renewed_month bigint,
  -- when an unpaid fee is asked for again
  retry_at bigint,
  next_action_at bigint,
  version bigint not null
);
create index subscription_due on subscription (next_action_at, partner_id)
  where next_action_at is not null;

insert into subscription (partner_id, billing, stage, stage_since, reasons, next_action_at, version)
select partner_id, case when status = 'trial' then 'prepaid' else 'on_account' end,
  case when status = 'suspended' then 'active' else status end, status_since,
  case when status = 'suspended' then 'operator' else '' end,
  case when status = 'trial' then status_since + 1209600000000 end, 1
from partner;

-- Standard figures of a tier from an instant on, posted 30 days ahead (PLT-22). Rows are never
-- changed.
create table tier_plan (
  tier text not null,
  effective_from bigint not null,
  monthly_fee_minor bigint not null,
  max_extensions bigint,
  extension_month_nanos bigint not null,
  local_did_month_nanos bigint not null,
  toll_free_did_month_nanos bigint not null,
  local_minute_nanos bigint not null,
  toll_free_minute_nanos bigint not null,
  reason text not null,
  posted_at bigint not null,
  primary key (tier, effective_from)
);

-- Beside each wallet: what is looked at when it moves. Whoever posts a debit compares the balance
-- with look_below and look_from, and asks for a look only where it is beyond them.
create table wallet_watch (
  partner_id text primary key,
  enabled bigint not null check (enabled in (0, 1)),
  threshold_micros bigint,
  amount_minor bigint,
  -- the last attempt of a recharge: there is one an hour at most (WAL-12)
  attempted_at bigint,
  -- how many of the three low-balance levels the partner was told of (WAL-07)
  told bigint not null,
  -- counts crossings, so that each has its mail
  crossings bigint not null,
  look_below_micros bigint not null,
  look_from_micros bigint,
  look_at bigint,
  version bigint not null
);
create index wallet_watch_due on wallet_watch (look_at, partner_id) where look_at is not null;

insert into wallet_watch
  (partner_id, enabled, told, crossings, look_below_micros, look_from_micros, version)
select partner_id, 0, 3, 0, -9223372036854775807, 1, 1 from partner;

-- One charge of the operator on a partner's method. Written before the processor is asked.
create table operator_charge (
  partner_id text not null,
  charge_id text not null,
  purpose text not null,
  amount_minor bigint not null check (amount_minor > 0),
  -- what of it goes to the wallet; the rest pays the subscription
  wallet_minor bigint not null check (wallet_minor >= 0 and wallet_minor <= amount_minor),
  currency text not null,
  method_id text not null,
  -- as they were, so that asking again asks the same
  customer text not null,
  method_reference text not null,
  method_kind text not null,
  -- the subscription's part: tier and lines
  facts text not null,
  state text not null,
  -- the processor's id
  reference text,
  outcome text not null,
  -- when it is looked at again, while nobody knows what came of it
  look_at bigint,
  looks bigint not null,
  created_at bigint not null,
  settled_at bigint,
  primary key (partner_id, charge_id)
);
create index operator_charge_look on operator_charge (look_at) where look_at is not null;
create unique index operator_charge_one_recharge on operator_charge (partner_id)
  where purpose = 'auto_recharge' and state in ('open', 'unknown', 'waiting');
create unique index operator_charge_one_fee on operator_charge (partner_id)
  where purpose in ('activation', 'upgrade', 'renewal')
    and state in ('open', 'unknown', 'waiting');

-- Money of a wallet given back: to the method of a charge, or by hand where there is no charge.
create table operator_refund (
  partner_id text not null,
  refund_id text not null,
  -- the operator's own name of the request, and the place in it
  request text not null,
  part bigint not null,
  charge_id text,
  amount_minor bigint not null check (amount_minor > 0),
  reason text not null,
  state text not null,
  reference text,
  outcome text not null,
  look_at bigint,
  looks bigint not null,
  created_at bigint not null,
  settled_at bigint,
  primary key (partner_id, refund_id),
  unique (partner_id, request, part)
);
create index operator_refund_look on operator_refund (look_at) where look_at is not null;

create table subscription_invoice (
  partner_id text not null,
  invoice_id text not null,
  number text not null unique,
  charge_id text not null,
  purpose text not null,
  currency text not null,
  total_minor bigint not null,
  -- names, addresses and lines as issued
  content text not null,
  issued_at bigint not null,
  primary key (partner_id, invoice_id),
  unique (partner_id, charge_id)
);
