-- What the operator's console counts and lists over all partners: what failed, which is little
-- among much that was done.
create index job_failed on job (job_id) where state = 'failed';
create index webhook_delivery_failed on webhook_delivery (delivery_id)
  where status in ('failed', 'dead');
create index dispute_open on dispute (dispute_id) where state = 'open';
