-- People who sign in, their sessions and links. Conventions as in 0001. owner_id is a partner's id,
-- or 'operator'.

-- "user" is a reserved word of PostgreSQL.
create table portal_user (
  owner_id text not null,
  user_id text not null,
  -- none: the partner's or the operator's own
  tenant_id text,
  email text not null,
  -- lower case, and where it is unique: 'staff' for operators and partners, else the partner's id
  email_key text not null,
  email_scope text not null,
  name text not null,
  role text not null,
  zone text,
  theme text not null,
  -- argon2id in its text form; none while only invited
  password_hash text,
  verified_at bigint,
  -- sealed; asked for once it is confirmed
  totp_secret bytea,
  totp_confirmed_at bigint,
  -- the last step whose code was used
  totp_step bigint,
  last_login_at bigint,
  created_at bigint not null,
  removed_at bigint,
  version bigint not null,
  primary key (owner_id, user_id)
);
create unique index portal_user_email on portal_user (email_scope, email_key)
  where removed_at is null;
create index portal_user_of_account on portal_user (owner_id, tenant_id, user_id)
  where removed_at is null;

-- Links in mails. One of each kind works at a time; one that was used is gone.
create table user_token (
  owner_id text not null,
  user_id text not null,
  kind text not null,
  token_hash bytea not null unique,
  created_at bigint not null,
  expires_at bigint not null,
  primary key (owner_id, user_id, kind)
);

-- One that was used is gone.
create table recovery_code (
  owner_id text not null,
  user_id text not null,
  code_hash bytea not null,
  primary key (owner_id, user_id, code_hash)
);

create table portal_session (
  owner_id text not null,
  session_id text not null,
  user_id text not null,
  -- SHA-256 of the cookie
  token_hash bytea not null unique,
  -- code | full
  stage text not null,
  -- where it works: a host name, and whose portal it is
  host text not null,
  bound_partner_id text,
  -- the account that is managed, where it is not the person's own
  acting_partner_id text,
  acting_tenant_id text,
  created_at bigint not null,
  expires_at bigint not null,
  ip text not null,
  agent text not null,
  primary key (owner_id, session_id)
);
create index portal_session_of_user on portal_session (owner_id, user_id);
create index portal_session_end on portal_session (expires_at);

-- Attempts to sign in that were not forgiven, by the hash of what they are counted for.
create table sign_in_attempt (
  counted bytea primary key,
  count bigint not null,
  since_at bigint not null,
  last_at bigint not null
);
create index sign_in_attempt_age on sign_in_attempt (last_at);

-- The sealed link of a mail, which stands in the body as a mark; gone once the mail is.
alter table mail add column secret bytea;
