-- Payments at a payment processor: what they are at it, when they are looked at again, automatic
-- payments, checkout sessions, links to invoices. Conventions as in 0001.

-- none: no processor made it
alter table payment add column method_id text;
alter table payment add column context text;
alter table payment add column reference text;
alter table payment add column fee_minor bigint not null default 0;
alter table payment add column origin text not null default 'request';
alter table payment add column checkout_id text;
alter table payment add column receipt_to text;
alter table payment add column failure_code text;
alter table payment add column failure_message text;
alter table payment add column look_at bigint;
update payment set origin = 'manual' where method = 'manual';
update payment set failure_code = 'card_declined', failure_message = note, note = ''
where status = 'failed';
-- A charge of the processor is one payment here, however often it is told of.
create unique index payment_of_reference on payment (context, reference)
  where reference is not null;
create index payment_due on payment (look_at, payment_id) where look_at is not null;

-- JSON: what the processor is asked for beside the amount, the same at each repetition
alter table payment_attempt add column terms text not null default '';
-- What the sandbox of older versions left open moved no money.
update payment set status = 'cancelled', settled_at = created_at where status = 'pending';
update payment_attempt set state = 'cancelled', finished_at = created_at
where state in ('open', 'unknown');
drop index payment_attempt_open_once;
create unique index payment_attempt_open_once on payment_attempt (partner_id, invoice_id)
  where state in ('open', 'unknown', 'waiting');
create index payment_attempt_of_payment on payment_attempt (partner_id, payment_id, number);

-- Invoices that are charged by themselves, until they are paid or nothing more is tried.
create table auto_pay (
  partner_id text not null,
  invoice_id text not null,
  -- payments that were begun
  tries bigint not null,
  -- how often the processor could not be reached for the next one
  unreached bigint not null,
  -- when it is tried next; none while a payment is under way and after the last
  due_at bigint,
  -- a method that must never be tried again
  refused_method_id text,
  primary key (partner_id, invoice_id)
);
create index auto_pay_due on auto_pay (due_at, invoice_id) where due_at is not null;

create table checkout_session (
  partner_id text not null,
  checkout_id text not null,
  tenant_id text not null,
  invoice_id text not null,
  amount_minor bigint check (amount_minor > 0),
  status text not null,
  payment_id text,
  success_url text,
  created_at bigint not null,
  expires_at bigint not null,
  completed_at bigint,
  version bigint not null,
  primary key (partner_id, checkout_id)
);
create index checkout_session_of_invoice on checkout_session (partner_id, invoice_id, checkout_id);
create index checkout_session_due on checkout_session (expires_at, checkout_id)
  where status = 'open';

-- The links to invoices' pages. A token opens one while it is not revoked; it is kept as a hash,
-- to be found by, and sealed, so that mails can carry it.
create table invoice_link (
  token_hash bytea primary key,
  partner_id text not null,
  invoice_id text not null,
  sealed bytea not null,
  created_at bigint not null,
  revoked_at bigint
);
create unique index invoice_link_once on invoice_link (partner_id, invoice_id)
  where revoked_at is null;
