from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="Collections")


@_attrs_define
class Collections:
    """What was collected in a month."""

    currency: str
    """ What the amounts are in. """
    given_back: str
    month: str
    """ The month. """
    paid: str
    revenue: str
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        currency = self.currency

        given_back = self.given_back

        month = self.month

        paid = self.paid

        revenue = self.revenue

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "currency": currency,
                "given_back": given_back,
                "month": month,
                "paid": paid,
                "revenue": revenue,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)
        currency = d.pop("currency")

        given_back = d.pop("given_back")

        month = d.pop("month")

        paid = d.pop("paid")

        revenue = d.pop("revenue")

        collections = cls(
            currency=currency,
            given_back=given_back,
            month=month,
            paid=paid,
            revenue=revenue,
        )

        collections.additional_properties = d
        return collections

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
