-- Calls, batches, rejects, numbers and usage as lists that page fast, and tenants' limits.
-- Conventions as in 0001. owner_id is a partner's id, or 'operator'.

alter table batch add column owner_id text not null default 'operator';
update batch set owner_id = (
  select source.owner_id from source where source.source_id = batch.source_id)
where source_id in (select source_id from source);
create index batch_newest on batch (owner_id, created_at, batch_id);

alter table reject add column owner_id text not null default 'operator';
update reject set owner_id = (
  select source.owner_id from source where source.source_id = reject.source_id)
where source_id in (select source_id from source);
create index reject_newest on reject (owner_id, reject_id);

-- What all tenants of a partner use together in a month.
create index usage_day_of_partner on usage_day (partner_id, day);

-- Whether a released number went to somebody else since.
create index phone_number_by_e164 on phone_number (e164, did_id);
create index extension_of_tenant on extension (partner_id, tenant_id, extension_id);

-- What a tenant may use in a period; null is unlimited (LIM-02). The row with the empty tenant_id
-- holds what new tenants of the partner begin with (LIM-13).
create table tenant_limit (
  partner_id text not null,
  tenant_id text not null,
  monthly_spend_minor bigint check (monthly_spend_minor >= 0),
  max_extensions bigint check (max_extensions >= 0),
  max_phone_numbers bigint check (max_phone_numbers >= 0),
  max_minutes bigint check (max_minutes >= 0),
  alert_percent bigint not null check (alert_percent between 1 and 100),
  -- suspend | alert
  on_limit text not null,
  version bigint not null,
  primary key (partner_id, tenant_id)
);

alter table tenant add column default_cnam text not null default '';

-- What else new tenants of a partner begin with (TEN-10); an absent zone is the partner's own.
create table tenant_default (
  partner_id text primary key,
  zone text,
  default_cnam text not null,
  version bigint not null
);
