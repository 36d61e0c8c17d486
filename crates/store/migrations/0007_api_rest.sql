-- Invoices found by number, kind and day of issue in bounded time; what a partner wants to hear of.
-- Conventions as in 0001.

-- The number in lower case, ordered by its bytes so that a prefix is a range.
/*sqlite:
alter table invoice add column number_key text generated always as (lower(number)) virtual;
*/
/*postgres:
alter table invoice
  add column number_key text collate "C" generated always as (lower(number)) stored;
*/
create index invoice_by_number on invoice (partner_id, number_key, invoice_id)
  where number_key is not null;
create index invoice_of_kind on invoice (partner_id, kind, created_at, invoice_id);
create index invoice_by_issue on invoice (partner_id, issued_at, invoice_id)
  where issued_at is not null;

-- Whether the partner is mailed when a tenant nears or reaches a cap (LIM-18).
alter table partner add column usage_alerts bigint not null default 1
  check (usage_alerts in (0, 1));

-- Rejects that somebody looked at and gave up are dismissed: why, and when as resolved_at.
alter table reject add column dismissed_because text;

-- Grows with each edit of a charge; what ends or carries it counts, too.
alter table charge add column version bigint not null default 1;

-- Grows with each version and each new name of a deck.
alter table deck add column version bigint not null default 1;
update deck set version = latest_version + 1;
