-- The public API: keys, answers kept for repeated requests, the audit log, the request log.
-- Conventions as in 0001. owner_id is a partner's id, or 'operator'.

create table api_key (
  owner_id text not null,
  key_id text not null,
  name text not null,
  -- SHA-256 of the key as it was shown once
  key_hash bytea not null unique,
  -- what is shown of it afterwards: sk_live_...abc1
  masked text not null,
  -- JSON lists; tenants is null where all may be reached
  scopes text not null,
  tenants text,
  rate_per_minute bigint not null check (rate_per_minute between 1 and 10000),
  created_at bigint not null,
  expires_at bigint,
  revoked_at bigint,
  last_used_at bigint,
  version bigint not null,
  primary key (owner_id, key_id)
);

-- The first answer to a request with an idempotency key, written with the request's effect.
create table kept_answer (
  owner_id text not null,
  key_id text not null,
  idempotency_key text not null,
  -- SHA-256 of method, path and body: what "the same request" means
  fingerprint bytea not null,
  status bigint not null,
  -- JSON object
  headers text not null,
  body bytea not null,
  created_at bigint not null,
  primary key (owner_id, key_id, idempotency_key)
);
create index kept_answer_age on kept_answer (created_at);

create table audit_entry (
  owner_id text not null,
  entry_id text not null,
  at bigint not null,
  tenant_id text,
  -- api_key | user | command | system
  actor_kind text not null,
  actor_id text not null,
  actor_name text not null,
  action text not null,
  object_id text not null,
  -- JSON, without secrets
  before text,
  after text,
  request_id text not null,
  ip text not null,
  primary key (owner_id, entry_id)
);
create index audit_entry_of_tenant on audit_entry (owner_id, tenant_id, entry_id)
  where tenant_id is not null;
create index audit_entry_of_request on audit_entry (owner_id, request_id);

-- Each request by key, for 30 days.
create table api_request (
  owner_id text not null,
  request_id text not null,
  key_id text not null,
  at bigint not null,
  method text not null,
  path text not null,
  status bigint not null,
  duration_micros bigint not null,
  ip text not null,
  -- redacted and cut short
  request_body text not null,
  -- the problem's code, '' where all went well
  code text not null,
  primary key (owner_id, request_id)
);
create index api_request_age on api_request (at);

alter table partner add column rate_per_minute bigint not null default 1000;
