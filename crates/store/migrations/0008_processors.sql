-- On whose account a partner's tenants pay. A partner without a row is in platform mode.
create table processor (
  partner_id text primary key,
  mode text not null,
  -- where new charges go: platform, connect:acct_…, custom_keys:acct_…
  context text not null,
  version bigint not null
);

-- What may be shown of saved cards and bank accounts, and the processor's ids. Never a number.
create table payment_method (
  partner_id text not null,
  method_id text not null,
  -- none: the partner's own, for what the operator charges
  tenant_id text,
  context text not null,
  customer text not null,
  reference text not null,
  kind text not null,
  brand text not null,
  last_four text not null,
  expires_month bigint,
  expires_year bigint,
  fingerprint text,
  status text not null,
  is_default bigint not null,
  created_at bigint not null,
  version bigint not null,
  primary key (partner_id, method_id),
  unique (context, reference)
);
create index payment_method_of_owner on payment_method (partner_id, tenant_id, method_id);
create unique index payment_method_default_once
  on payment_method (partner_id, coalesce(tenant_id, ''))
  where is_default = 1;
