-- Webhooks, and the order in which a partner's events were committed.

/*postgres:
-- Lists are short: without this a thousand values are expected, and whole tables are read.
alter function json_each(text) rows 50;
*/

-- The last sequence given to an event of the partner. The row stays locked until the transaction
-- that took a number ends, so that numbers have no gaps and follow the order of commits.
create table event_counter (
  partner_id text primary key,
  last_seq bigint not null
);

-- The default is nobody's number: two events that were not numbered cannot both be kept.
alter table event add column seq bigint not null default 0;

update event set seq = numbered.place
from (
  select partner_id as owner, event_id as numbered_id,
    row_number() over (partition by partner_id order by event_id) as place
  from event
) as numbered
where event.partner_id = numbered.owner and event.event_id = numbered.numbered_id;

create unique index event_by_seq on event (partner_id, seq);
create index event_by_time on event (partner_id, at);

insert into event_counter (partner_id, last_seq)
select partner_id, max(seq) from event group by partner_id;

create table webhook_endpoint (
  partner_id text not null,
  endpoint_id text not null unique,
  url text not null,
  description text not null,
  -- JSON list of event types
  event_types text not null,
  status text not null,
  consecutive_failures bigint not null,
  -- sealed; never readable without the key of the deployment
  secret bytea not null,
  previous_secret bytea,
  previous_until bigint,
  created_at bigint not null,
  version bigint not null,
  primary key (partner_id, endpoint_id)
);

create table webhook_delivery (
  partner_id text not null,
  delivery_id text not null,
  endpoint_id text not null,
  event_id text not null,
  event_type text not null,
  status text not null,
  attempts bigint not null,
  redeliveries bigint not null,
  first_attempt_at bigint,
  next_attempt_at bigint,
  -- when something is to be done, by schedule or by hand; null when nothing is
  due_at bigint,
  last_attempt_at bigint,
  response_code bigint,
  last_error text,
  -- in the time of the machine, even where the clock is simulated
  leased_until bigint not null,
  claims bigint not null,
  created_at bigint not null,
  primary key (partner_id, delivery_id),
  unique (endpoint_id, event_id)
);

create index webhook_delivery_due on webhook_delivery (endpoint_id, due_at, delivery_id)
  where due_at is not null;
create index webhook_delivery_list on webhook_delivery (partner_id, endpoint_id, delivery_id);
create index webhook_delivery_done on webhook_delivery (created_at) where due_at is null;

create table webhook_attempt (
  partner_id text not null,
  delivery_id text not null,
  number bigint not null,
  kind text not null,
  at bigint not null,
  duration_ms bigint not null,
  response_code bigint,
  error text,
  response_body bytea not null,
  primary key (partner_id, delivery_id, number)
);
