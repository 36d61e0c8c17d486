-- Lists of invoices, payments and wallet entries: newest first by when they came, whatever their
-- ids, with an index for each filter that a list is asked for by. Conventions as in 0001.

drop index invoice_of_tenant;
create index invoice_of_tenant on invoice (partner_id, tenant_id, created_at, invoice_id);
create index invoice_newest on invoice (partner_id, created_at, invoice_id);
create index invoice_of_status on invoice (partner_id, status, created_at, invoice_id);
create index invoice_by_due on invoice (partner_id, due_day, invoice_id) where due_day is not null;

create index payment_newest on payment (partner_id, created_at, payment_id);
create index payment_of_tenant on payment (partner_id, tenant_id, created_at, payment_id);
create index payment_of_status on payment (partner_id, status, created_at, payment_id);

-- Retail transfers outnumber those of the wallet by far.
create index ledger_transfer_of_wallet on ledger_transfer (partner_id, seq, line)
  where wallet_after_micros is not null;
