-- Rate deck files that were checked and wait for somebody to put them in force. Conventions as in
-- 0001.
create table deck_upload (
  partner_id text not null,
  upload_id text not null,
  -- none: of a deck to be, which gets this name
  deck_id text,
  name text not null,
  zone text not null,
  -- none: from the instant at which it is put in force
  effective_from bigint,
  row_count bigint not null,
  csv text not null,
  created_at bigint not null,
  primary key (partner_id, upload_id)
);
