from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="TenantBalance")


@_attrs_define
class TenantBalance:
    """What a tenant owes and what it is owed."""

    credit: str
    currency: str
    """ What its amounts are in. """
    due: str
    overdue: str
    overdue_invoices: int
    """ How many of them are overdue. """
    tenant_id: str
    """ Whose. """
    unpaid_invoices: int
    """ How many issued invoices are not paid. """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        credit = self.credit

        currency = self.currency

        due = self.due

        overdue = self.overdue

        overdue_invoices = self.overdue_invoices

        tenant_id = self.tenant_id

        unpaid_invoices = self.unpaid_invoices

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "credit": credit,
                "currency": currency,
                "due": due,
                "overdue": overdue,
                "overdue_invoices": overdue_invoices,
                "tenant_id": tenant_id,
                "unpaid_invoices": unpaid_invoices,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)
        credit = d.pop("credit")

        currency = d.pop("currency")

        due = d.pop("due")

        overdue = d.pop("overdue")

        overdue_invoices = d.pop("overdue_invoices")

        tenant_id = d.pop("tenant_id")

        unpaid_invoices = d.pop("unpaid_invoices")

        tenant_balance = cls(
            credit=credit,
            currency=currency,
            due=due,
            overdue=overdue,
            overdue_invoices=overdue_invoices,
            tenant_id=tenant_id,
            unpaid_invoices=unpaid_invoices,
        )

        tenant_balance.additional_properties = d
        return tenant_balance

    @property
    def additional_keys(self) -> list[str]:
        return list(self.additional_properties.keys())

    def __getitem__(self, key: str) -> Any:
        return self.additional_properties[key]

    def __setitem__(self, key: str, value: Any) -> None:
        self.additional_properties[key] = value

    def __delitem__(self, key: str) -> None:
        del self.additional_properties[key]

    def __contains__(self, key: str) -> bool:
        return key in self.additional_properties
