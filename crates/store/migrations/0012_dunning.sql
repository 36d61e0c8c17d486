-- Dunning: what is done about unpaid invoices, when, and what was done. Conventions as in 0001.

-- Since when a tenant is flagged as overdue, and when an invoice was (DUN-16).
alter table tenant add column flagged_at bigint;
alter table invoice add column flagged_at bigint;

-- What a partner chose (the row with the empty profile_id), and what for tenants on a profile
-- (PRO-17). JSON; what is absent is chosen elsewhere.
create table dunning_policy (
  partner_id text not null,
  profile_id text not null,
  choices text not null,
  version bigint not null,
  primary key (partner_id, profile_id)
);

-- One row per tenant that was ever late, or may be soon.
create table dunning (
  partner_id text not null,
  tenant_id text not null,
  -- when it is looked at next; 0 is at once, null is not before something changes
  due_at bigint,
  looked_at bigint,
  -- the due day of its oldest unpaid invoice, where that is past
  overdue_since bigint,
  -- flagged, and suspended by nobody but people (DUN-03)
  review bigint not null check (review in (0, 1)),
  promised_on bigint,
  promised_until bigint,
  promise_note text not null,
  -- the day on which somebody last ended a suspension for overdue invoices (DUN-10)
  reactivated_on bigint,
  primary key (partner_id, tenant_id)
);
create index dunning_due on dunning (due_at, partner_id, tenant_id) where due_at is not null;
create index dunning_overdue on dunning (partner_id, overdue_since, tenant_id)
  where overdue_since is not null;

-- What was done about which invoice, and who was told.
create table dunning_step (
  partner_id text not null,
  tenant_id text not null,
  invoice_id text not null,
  step text not null,
  at bigint not null,
  told text not null,
  primary key (partner_id, tenant_id, invoice_id, step, at)
);

insert into dunning (partner_id, tenant_id, due_at, review, promise_note)
  select distinct partner_id, tenant_id, 0, 0, '' from invoice where status = 'overdue';
