from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="Refundable")


@_attrs_define
class Refundable:
    """What can be given back of an invoice."""

    balance: str
    card: str
    currency: str
    """ What the amounts are in. """
    manual: str
    total: str
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        balance = self.balance

        card = self.card

        currency = self.currency

        manual = self.manual

        total = self.total

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "balance": balance,
                "card": card,
                "currency": currency,
                "manual": manual,
                "total": total,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)
        balance = d.pop("balance")

        card = d.pop("card")

        currency = d.pop("currency")

        manual = d.pop("manual")

        total = d.pop("total")

        refundable = cls(
            balance=balance,
            card=card,
            currency=currency,
            manual=manual,
            total=total,
        )

        refundable.additional_properties = d
        return refundable

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
