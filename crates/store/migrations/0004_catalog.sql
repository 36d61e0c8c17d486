-- Lists of the catalog. Conventions as in 0001.

-- charges are listed by how they repeat
create index charge_of_kind on charge (partner_id, kind, charge_id);
-- credit_open leaves out those that are used up
create index credit_of_tenant on credit (partner_id, tenant_id, credit_id);
-- who lists a jurisdiction, before it is deleted
create index tenant_tax_of_code on tenant_tax (partner_id, code);
