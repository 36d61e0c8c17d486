-- What the payment processor told of its objects, and up to when its lists were read.

-- One row per account and event, however often and by whichever way it is told.
create table processor_event (
  -- platform, connect:acct_…, custom_keys:acct_…
  context text not null,
  event_id text not null,
  -- whose account it is, where that has keys of its own
  partner_id text,
  kind text not null,
  object_id text not null,
  object_kind text not null,
  -- the body byte for byte, sealed: it holds secrets of browsers; empty where it was read in a list
  sealed_body bytea not null,
  -- by the processor's clock
  created_at bigint not null,
  received_at bigint not null,
  -- ready, done, failed
  state text not null,
  tries bigint not null,
  -- when it is looked at; null once it is done or given up
  due_at bigint,
  last_error text,
  primary key (context, event_id)
);
create index processor_event_due on processor_event (due_at, context, event_id)
  where due_at is not null;
create index processor_event_old on processor_event (received_at, context, event_id);

-- Up to which instant an account's list of events was read, and when it is read again.
create table processor_events_read (
  context text primary key,
  partner_id text,
  read_until bigint not null,
  failures bigint not null,
  due_at bigint not null
);
create index processor_events_read_due on processor_events_read (due_at, context);
