from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, Self, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="ListCreditDataItem")


@_attrs_define
class ListCreditDataItem:
    """Money that a tenant has with its partner; the next invoices use it."""

    amount: str
    created_at: datetime.datetime
    currency: str
    """ Of both. """
    id: str
    """ Its id. """
    reason: str
    """ Why it was given; shown to the tenant. """
    remaining: str
    tenant_id: str
    """ Whose. """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        amount = self.amount

        created_at = self.created_at.isoformat()

        currency = self.currency

        id = self.id

        reason = self.reason

        remaining = self.remaining

        tenant_id = self.tenant_id

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "amount": amount,
                "created_at": created_at,
                "currency": currency,
                "id": id,
                "reason": reason,
                "remaining": remaining,
                "tenant_id": tenant_id,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)
        amount = d.pop("amount")

        created_at = datetime.datetime.fromisoformat(d.pop("created_at"))

        currency = d.pop("currency")

        id = d.pop("id")

        reason = d.pop("reason")

        remaining = d.pop("remaining")

        tenant_id = d.pop("tenant_id")

        list_credit_data_item = cls(
            amount=amount,
            created_at=created_at,
            currency=currency,
            id=id,
            reason=reason,
            remaining=remaining,
            tenant_id=tenant_id,
        )

        list_credit_data_item.additional_properties = d
        return list_credit_data_item

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
