from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, Self, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="SubscriptionInvoice")


@_attrs_define
class SubscriptionInvoice:
    """An invoice of the operator for a subscription."""

    charge_id: str
    """ The charge that paid it. """
    currency: str
    """ What amounts are in. """
    id: str
    """ Its id. """
    issued_at: datetime.datetime
    number: str
    """ Its number. """
    purpose: str
    """ `activation`, `upgrade` or `renewal`. """
    total: str
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        charge_id = self.charge_id

        currency = self.currency

        id = self.id

        issued_at = self.issued_at.isoformat()

        number = self.number

        purpose = self.purpose

        total = self.total

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "charge_id": charge_id,
                "currency": currency,
                "id": id,
                "issued_at": issued_at,
                "number": number,
                "purpose": purpose,
                "total": total,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)
        charge_id = d.pop("charge_id")

        currency = d.pop("currency")

        id = d.pop("id")

        issued_at = datetime.datetime.fromisoformat(d.pop("issued_at"))

        number = d.pop("number")

        purpose = d.pop("purpose")

        total = d.pop("total")

        subscription_invoice = cls(
            charge_id=charge_id,
            currency=currency,
            id=id,
            issued_at=issued_at,
            number=number,
            purpose=purpose,
            total=total,
        )

        subscription_invoice.additional_properties = d
        return subscription_invoice

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
