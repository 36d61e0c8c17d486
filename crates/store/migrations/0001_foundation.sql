-- The foundation: accounts, catalog, calls, ledger, invoices, payments, outbox.
--
-- One text for SQLite and PostgreSQL. A comment that begins with the name of an engine and a
-- colon is code for that engine and a comment for the other; see src/migrations.rs.
-- Conventions: ids and enums are text, instants are UTC microseconds, days are numbers like
-- 20260510, flags are 0 or 1, money columns carry their unit in their name. Keys of a partner's
-- data lead with partner_id.

/*postgres:
-- The same name and shape as SQLite's, so that `in (select value from json_each($1))` is one text.
create function json_each(list text) returns table (value text)
language sql immutable strict as $$ select jsonb_array_elements_text(list::jsonb) $$;
*/

-- One row. `directory_version` grows with every change to who owns a number, an extension or a
-- price, so that importers know when what they hold in memory is old.
create table operator (
  operator_id bigint primary key check (operator_id = 1),
  name text not null,
  home_country text not null,
  currency text not null,
  directory_version bigint not null default 0,
  created_at bigint not null
);

-- One row, only where the clock is simulated (BEY-05). It moves forward only.
create table simulated_clock (
  clock_id bigint primary key check (clock_id = 1),
  now_at bigint not null
);

create table partner (
  partner_id text primary key,
  slug text not null unique,
  company_name text not null,
  brand_name text not null,
  brand_color text not null,
  logo bytea,
  address text not null,
  website text not null,
  support_email text not null,
  billing_email text not null,
  statement_descriptor text not null,
  zone text not null,
  currency text not null,
  locale text not null,
  status text not null,
  status_since bigint not null,
  terms_days bigint not null,
  -- of tenants that are created without a choice (PRO-02)
  default_profile_id text not null,
  minimum_seconds bigint not null,
  increment_seconds bigint not null,
  -- the last calendar month (202605) whose wholesale monthly debits were booked
  debited_month bigint,
  created_at bigint not null,
  version bigint not null
);

-- Logos that issued invoices show, by their SHA-256: what was issued never changes (INV-15).
create table brand_logo (
  partner_id text not null,
  logo_hash text not null,
  bytes bytea not null,
  primary key (partner_id, logo_hash)
);

-- What the operator charges a partner from an instant on (PLT-11, PLT-23). Rows are never changed.
create table partner_terms (
  partner_id text not null,
  effective_from bigint not null,
  tier text not null,
  extension_month_nanos bigint not null,
  local_did_month_nanos bigint not null,
  toll_free_did_month_nanos bigint not null,
  local_minute_nanos bigint not null,
  toll_free_minute_nanos bigint not null,
  deck_id text,
  primary key (partner_id, effective_from)
);

create table profile (
  partner_id text not null,
  profile_id text not null,
  name text not null,
  latest_version bigint not null,
  created_at bigint not null,
  primary key (partner_id, profile_id)
);

create table profile_version (
  partner_id text not null,
  profile_id text not null,
  version bigint not null,
  terms text not null,
  created_at bigint not null,
  primary key (partner_id, profile_id, version)
);

-- owner_id is a partner's id for retail decks, 'operator' for wholesale decks.
create table deck (
  owner_id text not null,
  deck_id text not null,
  name text not null,
  latest_version bigint not null,
  created_at bigint not null,
  primary key (owner_id, deck_id)
);

-- A version is in force from `effective_from` until the next one is. Its rows are kept as the
-- canonical CSV they came in: they are read whole, compiled, and never changed.
create table deck_version (
  owner_id text not null,
  deck_id text not null,
  version bigint not null,
  effective_from bigint not null,
  zone text not null,
  row_count bigint not null,
  csv text not null,
  created_at bigint not null,
  primary key (owner_id, deck_id, version)
);

create table tenant (
  partner_id text not null,
  tenant_id text not null,
  name text not null,
  sip_prefix text not null unique,
  account_code text unique,
  billing_email text not null,
  address text not null,
  zone text not null,
  currency text not null,
  home_npa text,
  auto_pay bigint not null check (auto_pay in (0, 1)),
  status text not null,
  suspension_reasons text not null,
  -- what it is underneath any suspension
  stage text not null,
  profile_id text not null,
  pending_profile_id text,
  pending_requested_at bigint,
  created_at bigint not null,
  activated_at bigint,
  cancelled_at bigint,
  -- the grid of periods: anchor day, cycle and the zone it was laid in
  anchor_day bigint,
  -- the open period, and when something is next due (no scan over everyone)
  open_start bigint,
  open_end bigint,
  next_action_at bigint,
  version bigint not null,
  primary key (partner_id, tenant_id)
);
create index tenant_due on tenant (next_action_at, partner_id, tenant_id)
  where next_action_at is not null;

create table tenant_tax (
  partner_id text not null,
  tenant_id text not null,
  code text not null,
  primary key (partner_id, tenant_id, code)
);

create table tax_jurisdiction (
  partner_id text not null,
  tax_id text not null,
  code text not null,
  name text not null,
  -- millionths: 0.085 is 85000
  rate_millionths bigint not null check (rate_millionths >= 0 and rate_millionths < 1000000),
  enabled bigint not null check (enabled in (0, 1)),
  version bigint not null,
  primary key (partner_id, tax_id),
  unique (partner_id, code)
);

-- One row for each time a number was assigned to a tenant.
create table phone_number (
  partner_id text not null,
  did_id text not null,
  tenant_id text not null,
  -- digits with the country code, no plus sign
  e164 text not null,
  class text not null,
  assigned_at bigint not null,
  released_at bigint,
  primary key (partner_id, did_id)
);
create unique index phone_number_assigned_once on phone_number (e164) where released_at is null;
create index phone_number_of_tenant on phone_number (partner_id, tenant_id, assigned_at);

create table extension (
  partner_id text not null,
  extension_id text not null,
  tenant_id text not null,
  name text not null,
  created_at bigint not null,
  removed_at bigint,
  primary key (partner_id, extension_id)
);
create unique index extension_named_once on extension (partner_id, tenant_id, name)
  where removed_at is null;

-- A source of call records: one switch. owner_id is 'operator' or the only partner it serves.
create table source (
  source_id text primary key,
  owner_id text not null,
  name text not null,
  created_at bigint not null,
  unique (owner_id, name)
);

-- How far a file was read: the hash is over the bytes before byte_offset, so that a file that
-- grew goes on where it ended and a file that changed is read from its start.
create table import_file (
  source_id text not null,
  head_hash bytea not null,
  file_name text not null,
  byte_offset bigint not null,
  prefix_hash bytea not null,
  records bigint not null,
  updated_at bigint not null,
  primary key (source_id, head_hash)
);

create table batch (
  batch_id text primary key,
  source_id text not null,
  file_name text not null,
  first_line bigint not null,
  records bigint not null,
  calls bigint not null,
  rejects bigint not null,
  created_at bigint not null
);

-- Each record of each source once (ruling 17). Unpartitioned on purpose: only so is it unique.
create table cdr_key (
  source_id text not null,
  record_id text not null,
  leg text not null,
  content_hash bytea not null,
  call_id text not null,
  primary key (source_id, record_id, leg)
) /*sqlite: without rowid */;

-- One row per accepted record, and one per correction (reverses_call_id). Never updated, but for
-- an unrated call when it is rated at last.
create table call (
  partner_id text not null,
  tenant_id text not null,
  call_id text not null,
  batch_id text not null,
  source_id text not null,
  record_id text not null,
  leg text not null,
  call_group text,
  reverses_call_id text,
  direction text not null,
  class text not null,
  from_number text not null,
  to_number text not null,
  far_number text not null,
  extension text,
  started_at bigint,
  answered_at bigint,
  ended_at bigint not null,
  day bigint not null,
  talk_seconds bigint not null,
  hold_seconds bigint not null,
  disposition text not null,
  hangup_cause text,
  recording_url text,
  -- rated | free | unrated, and why for the last two
  outcome text not null,
  reason text,
  charge text not null,
  profile_id text not null,
  profile_version bigint not null,
  deck_id text,
  deck_version bigint,
  billed_seconds bigint not null,
  retail_nanos bigint not null,
  wholesale_from bigint not null,
  wholesale_deck_id text,
  wholesale_deck_version bigint,
  wholesale_seconds bigint not null,
  wholesale_micros bigint not null,
  wholesale_charge text not null,
  usage_period_start bigint not null,
  bill_period_start bigint not null,
  primary key (partner_id, call_id)
);
create index call_of_tenant on call (partner_id, tenant_id, ended_at, call_id);
create index call_of_group on call (call_group, source_id) where call_group is not null;

create table reject (
  reject_id text primary key,
  source_id text not null,
  -- what makes the same refusal the same: the record's key, or its bytes and line
  identity text not null,
  file_name text not null,
  line bigint not null,
  byte_offset bigint not null,
  format text not null,
  zone text not null,
  -- which of several equal rows of its file it is; 0 where that does not matter
  ordinal bigint not null,
  code text not null,
  reason text not null,
  raw bytea not null,
  state text not null,
  created_at bigint not null,
  resolved_at bigint,
  unique (source_id, identity)
);
create index reject_open on reject (state, reject_id);

create table usage_day (
  partner_id text not null,
  tenant_id text not null,
  bill_period_start bigint not null,
  usage_period_start bigint not null,
  day bigint not null,
  direction text not null,
  class text not null,
  charge text not null,
  profile_id text not null,
  profile_version bigint not null,
  -- '' and 0: priced by the profile's own rate
  deck_id text not null,
  deck_version bigint not null,
  calls bigint not null,
  talk_seconds bigint not null,
  billed_seconds bigint not null,
  retail_nanos bigint not null,
  wholesale_seconds bigint not null,
  wholesale_micros bigint not null,
  primary key (partner_id, tenant_id, bill_period_start, usage_period_start, day, direction,
    class, charge, profile_id, profile_version, deck_id, deck_version)
) /*sqlite: without rowid */;

-- One per partner: the end of its hash chain. Whoever writes money locks this row first, in the
-- order of partner_id; that is also what keeps a call from slipping into a period being closed.
create table book (
  partner_id text primary key,
  next_seq bigint not null,
  last_hash bytea not null
);

create table ledger_tx (
  partner_id text not null,
  seq bigint not null,
  ltx_id text not null unique,
  at bigint not null,
  flow text not null check (flow in ('wholesale', 'retail')),
  source_type text not null,
  source_id text not null,
  purpose text not null,
  description text not null,
  hash bytea not null,
  primary key (partner_id, seq),
  unique (partner_id, source_type, source_id, purpose)
);

-- A transfer names both its sides, so every transaction balances by its shape.
create table ledger_transfer (
  partner_id text not null,
  seq bigint not null,
  line bigint not null,
  kind text not null,
  tenant_id text,
  debit_account text not null,
  credit_account text not null,
  amount_micros bigint not null check (amount_micros > 0),
  -- what the wallet holds after this transfer, where it touches the wallet (WAL-16)
  wallet_after_micros bigint,
  primary key (partner_id, seq, line),
  check (debit_account <> credit_account)
);

create table account_balance (
  partner_id text not null,
  account text not null,
  -- debits minus credits
  net_debit_micros bigint not null,
  primary key (partner_id, account)
);

-- A wholesale monthly debit of one extension or number, once per calendar month (MET-19).
create table monthly_debit (
  partner_id text not null,
  item_key text not null,
  month bigint not null,
  tenant_id text not null,
  kind text not null,
  amount_micros bigint not null,
  seq bigint not null,
  primary key (partner_id, item_key, month)
);

create table period (
  partner_id text not null,
  tenant_id text not null,
  period_id text not null,
  start_at bigint not null,
  end_at bigint not null,
  profile_id text not null,
  profile_version bigint not null,
  -- days of the part and of the full period, for recurring lines (F-07)
  fraction_num bigint not null,
  fraction_den bigint not null,
  state text not null,
  invoice_id text,
  closed_at bigint,
  primary key (partner_id, tenant_id, start_at),
  unique (partner_id, period_id)
);

create table invoice_number (
  partner_id text primary key,
  next_number bigint not null
);

create table invoice (
  partner_id text not null,
  invoice_id text not null,
  tenant_id text not null,
  kind text not null,
  -- what may exist once: 'period:<start>', 'advance:<start>', or the id itself for one-time ones
  billing_key text not null,
  number text,
  status text not null,
  currency text not null,
  zone text not null,
  period_start bigint,
  period_end bigint,
  issued_at bigint,
  issue_day bigint,
  due_day bigint,
  -- when it becomes overdue, while money is due
  overdue_at bigint,
  subtotal_minor bigint not null,
  tax_minor bigint not null,
  total_minor bigint not null,
  credit_minor bigint not null,
  paid_minor bigint not null,
  refunded_minor bigint not null,
  -- names, addresses, brand and figures as issued (INV-15)
  issued_as text not null,
  created_at bigint not null,
  version bigint not null,
  primary key (partner_id, invoice_id),
  unique (partner_id, tenant_id, billing_key),
  unique (partner_id, number)
);
create index invoice_of_tenant on invoice (partner_id, tenant_id, invoice_id);
create index invoice_overdue on invoice (overdue_at) where overdue_at is not null;

create table invoice_line (
  partner_id text not null,
  invoice_id text not null,
  line_no bigint not null,
  line_id text not null,
  kind text not null,
  amount_minor bigint not null,
  -- what the amount was computed from: quantity, price, fraction, and where its calls are found
  facts text not null,
  primary key (partner_id, invoice_id, line_no),
  unique (partner_id, line_id)
);

create table invoice_tax (
  partner_id text not null,
  invoice_id text not null,
  line_no bigint not null,
  code text not null,
  name text not null,
  rate_millionths bigint not null,
  base_minor bigint not null,
  amount_minor bigint not null,
  primary key (partner_id, invoice_id, line_no)
);

-- One-time, recurring and metered charges added to a tenant (PRO-22, ruling 15).
create table charge (
  partner_id text not null,
  charge_id text not null,
  tenant_id text not null,
  kind text not null,
  description text not null,
  -- millionths of a unit
  quantity_micros bigint not null,
  unit_price_nanos bigint not null,
  taxable bigint not null check (taxable in (0, 1)),
  starts_at bigint not null,
  ends_at bigint,
  -- the invoice that carries a one-time charge: set once
  invoice_id text,
  created_at bigint not null,
  primary key (partner_id, charge_id)
);
create index charge_of_tenant on charge (partner_id, tenant_id, charge_id);

-- Reported quantities of metered charges; the same report counts once.
create table charge_usage (
  partner_id text not null,
  tenant_id text not null,
  charge_id text not null,
  report_id text not null,
  at bigint not null,
  quantity_micros bigint not null,
  primary key (partner_id, charge_id, report_id)
);

create table credit (
  partner_id text not null,
  credit_id text not null,
  tenant_id text not null,
  amount_minor bigint not null check (amount_minor > 0),
  remaining_minor bigint not null check (remaining_minor >= 0),
  reason text not null,
  created_at bigint not null,
  primary key (partner_id, credit_id)
);
create index credit_open on credit (partner_id, tenant_id, credit_id) where remaining_minor > 0;

create table credit_use (
  partner_id text not null,
  credit_id text not null,
  invoice_id text not null,
  amount_minor bigint not null check (amount_minor > 0),
  primary key (partner_id, invoice_id, credit_id)
);

create table payment (
  partner_id text not null,
  payment_id text not null,
  tenant_id text not null,
  invoice_id text not null,
  method text not null,
  amount_minor bigint not null check (amount_minor > 0),
  status text not null,
  note text not null,
  created_at bigint not null,
  settled_at bigint,
  primary key (partner_id, payment_id)
);
create index payment_of_invoice on payment (partner_id, invoice_id, payment_id);

-- Written before the gateway is asked; the key makes a repeat harmless there.
create table payment_attempt (
  partner_id text not null,
  attempt_id text not null,
  payment_id text not null,
  invoice_id text not null,
  number bigint not null,
  idempotency_key text not null unique,
  amount_minor bigint not null,
  state text not null,
  outcome text not null,
  created_at bigint not null,
  finished_at bigint,
  primary key (partner_id, attempt_id)
);
create unique index payment_attempt_open_once on payment_attempt (partner_id, invoice_id)
  where state in ('open', 'unknown');

create table event (
  partner_id text not null,
  event_id text not null,
  type text not null,
  object_id text not null,
  object_version bigint not null,
  payload text not null,
  at bigint not null,
  primary key (partner_id, event_id),
  unique (partner_id, type, object_id, object_version)
);

create table job (
  job_id text primary key,
  partner_id text not null,
  kind text not null,
  -- one job per purpose: enqueueing again changes nothing
  job_key text not null unique,
  payload text not null,
  state text not null,
  run_at bigint not null,
  leased_until bigint,
  attempts bigint not null,
  last_error text,
  created_at bigint not null
);
create index job_ready on job (run_at, job_id) where state = 'ready';

create table mail (
  mail_id text primary key,
  partner_id text not null,
  -- one mail per purpose
  mail_key text not null unique,
  sender text not null,
  recipient text not null,
  subject text not null,
  body text not null,
  attachment_name text,
  attachment_path text,
  state text not null,
  -- when it is next tried; a worker that takes it moves this to the end of its lease
  run_at bigint not null,
  attempts bigint not null,
  last_error text,
  created_at bigint not null,
  sent_at bigint
);
create index mail_queued on mail (run_at, mail_id) where state = 'queued';
