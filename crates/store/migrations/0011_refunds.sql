-- Money that goes back: refunds, credit notes, disputes. Conventions as in 0001.

-- What of a payment went back by refunds that succeeded.
alter table payment add column refunded_minor bigint not null default 0;
-- What of the platform's fee was booked as given back.
alter table payment add column fee_returned_minor bigint not null default 0;
-- What was taken back of a credit before it was used.
alter table credit add column voided_minor bigint not null default 0;

create table refund (
  partner_id text not null,
  refund_id text not null,
  tenant_id text not null,
  invoice_id text not null,
  -- none: the part that the tenant's balance had paid
  payment_id text,
  -- card | credit | manual
  destination text not null,
  amount_minor bigint not null check (amount_minor > 0),
  applied_minor bigint not null check (applied_minor between 0 and amount_minor),
  tax_minor bigint not null check (tax_minor between 0 and applied_minor),
  -- requested | unknown | submitted | succeeded | failed
  state text not null,
  -- platform | processor
  origin text not null,
  reason text not null,
  failure text not null,
  -- the charge's account, and the processor's ids of charge and refund
  context text,
  charge text,
  reference text,
  retry_of text,
  credit_id text,
  created_at bigint not null,
  settled_at bigint,
  -- when the processor is asked again, while something may change
  look_at bigint,
  version bigint not null,
  primary key (partner_id, refund_id)
);
-- A refund of the processor is one refund here, however often it is told of (STR-18).
create unique index refund_of_reference on refund (context, reference)
  where reference is not null;
create unique index refund_retried_once on refund (partner_id, retry_of)
  where retry_of is not null;
create index refund_of_invoice on refund (partner_id, invoice_id, refund_id);
create index refund_due on refund (look_at) where look_at is not null;
create index refund_settled on refund (partner_id, settled_at) where settled_at is not null;

create table credit_note_number (
  partner_id text primary key,
  next_number bigint not null
);

create table credit_note (
  partner_id text not null,
  credit_note_id text not null,
  number text not null,
  tenant_id text not null,
  invoice_id text not null,
  refund_id text,
  credit_id text,
  currency text not null,
  amount_minor bigint not null check (amount_minor > 0),
  tax_minor bigint not null check (tax_minor between 0 and amount_minor),
  reason text not null,
  issued_at bigint not null,
  issue_day bigint not null,
  cancelled_at bigint,
  primary key (partner_id, credit_note_id),
  unique (partner_id, number)
);
create unique index credit_note_of_refund on credit_note (partner_id, refund_id)
  where refund_id is not null;
create index credit_note_of_invoice on credit_note (partner_id, invoice_id, credit_note_id);

create table dispute (
  partner_id text not null,
  dispute_id text not null,
  tenant_id text not null,
  invoice_id text not null,
  payment_id text not null,
  context text not null,
  reference text not null,
  amount_minor bigint not null check (amount_minor > 0),
  reason text not null,
  -- open | won | lost
  state text not null,
  detail text not null,
  evidence_due bigint,
  evidence text not null,
  submitted_at bigint,
  opened_at bigint not null,
  closed_at bigint,
  look_at bigint,
  version bigint not null,
  primary key (partner_id, dispute_id),
  unique (context, reference)
);
create index dispute_of_invoice on dispute (partner_id, invoice_id, dispute_id);
create index dispute_of_payment on dispute (partner_id, payment_id, dispute_id);
create index dispute_due on dispute (look_at) where look_at is not null;

-- What becomes of the platform's fee when a partner's charge is refunded: kept where there is no
-- row (REF-09).
create table refund_policy (
  partner_id text primary key,
  -- kept | returned
  application_fee text not null
);

-- The books of a month, in their order (BEY-13).
create index ledger_tx_at on ledger_tx (partner_id, at, seq);
