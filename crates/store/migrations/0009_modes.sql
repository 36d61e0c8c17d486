-- Three ways of being paid, saved methods, and what the operator settles with partners.

-- A partner's account that is reached through the operator's. Its id is kept before anybody is
-- sent to the processor's form, so that asking again makes no second account.
create table connected_account (
  partner_id text primary key,
  account text not null unique,
  -- pending, active, restricted, disconnected
  state text not null,
  charges_enabled bigint not null,
  payouts_enabled bigint not null,
  details_submitted bigint not null,
  -- what the processor wants to know: a JSON list of names
  currently_due text not null,
  disabled_reason text,
  -- what the account's statements show, as the processor says
  descriptor text,
  -- when it was ready for the first time: since then nothing falls back to the operator's account
  ready_at bigint,
  created_at bigint not null,
  told_at bigint not null,
  version bigint not null
);

-- A partner's own keys. The secret one is AES-256-GCM ciphertext, sealed to the partner and the
-- column; removing the keys removes the row.
create table custom_keys (
  partner_id text primary key,
  account text not null unique,
  sealed_key bytea not null,
  last_four text not null,
  publishable_key text not null,
  is_live bigint not null,
  -- active, broken
  state text not null,
  -- our endpoint on the partner's account, once it is made, and what its events are signed with
  endpoint text,
  sealed_endpoint_secret bytea,
  saved_at bigint not null,
  version bigint not null
);

-- Who pays, at the processor: one customer per owner and account.
create table processor_customer (
  partner_id text not null,
  -- a tenant; empty for the partner itself
  owner text not null,
  context text not null,
  reference text not null,
  created_at bigint not null,
  primary key (partner_id, owner, context)
);

-- A wish to save a method.
create table method_setup (
  partner_id text not null,
  setup_id text not null,
  tenant_id text,
  context text not null,
  kind text not null,
  -- the processor's ids, once it was asked
  customer text,
  reference text,
  -- begun, waiting, verifying, succeeded, failed
  status text not null,
  -- why it failed
  failure text,
  -- ours, for the method that it saves
  method_id text not null,
  created_at bigint not null,
  version bigint not null,
  primary key (partner_id, setup_id)
);
create unique index method_setup_reference on method_setup (context, reference);
create index method_setup_of_method on method_setup (partner_id, method_id);

-- Up to when a partner's takings in platform mode are stated, and when the next month is over.
create table settlement_schedule (
  partner_id text primary key,
  -- the day of the month on which a statement is due
  due_day bigint not null,
  stated_until bigint not null,
  next_at bigint not null
);
create index settlement_schedule_next on settlement_schedule (next_at, partner_id);
insert into settlement_schedule (partner_id, due_day, stated_until, next_at)
  select partner_id, 15, created_at, created_at from partner;

-- What the operator took for a partner in a month, and owes it.
create table settlement (
  partner_id text not null,
  settlement_id text not null,
  -- such as 202605
  month bigint not null,
  currency text not null,
  charges_count bigint not null,
  charges_minor bigint not null,
  refunds_count bigint not null,
  refunds_minor bigint not null,
  disputes_count bigint not null,
  disputes_minor bigint not null,
  fees_minor bigint not null,
  net_minor bigint not null,
  due_on bigint not null,
  -- due, paid
  status text not null,
  note text,
  created_at bigint not null,
  paid_at bigint,
  version bigint not null,
  primary key (partner_id, settlement_id),
  unique (partner_id, month, currency)
);
create unique index settlement_of_any on settlement (settlement_id);

-- What a statement is made of. Each charge, refund and lost dispute is in one statement only.
create table settlement_item (
  partner_id text not null,
  object_id text not null,
  settlement_id text not null,
  -- charge, refund, refund_returned, dispute
  kind text not null,
  amount_minor bigint not null,
  fee_minor bigint not null,
  at bigint not null,
  primary key (partner_id, object_id)
);
create index settlement_item_of on settlement_item (partner_id, settlement_id, object_id);
create index payment_settled on payment (partner_id, settled_at) where settled_at is not null;
