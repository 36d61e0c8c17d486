from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="PlatformFees")


@_attrs_define
class PlatformFees:
    """The operator's figures for all subscriptions."""

    currency: str
    """ What amounts are in. """
    custom_keys_surcharge: str
    initial_credit: str
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        currency = self.currency

        custom_keys_surcharge = self.custom_keys_surcharge

        initial_credit = self.initial_credit

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "currency": currency,
                "custom_keys_surcharge": custom_keys_surcharge,
                "initial_credit": initial_credit,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)
        currency = d.pop("currency")

        custom_keys_surcharge = d.pop("custom_keys_surcharge")

        initial_credit = d.pop("initial_credit")

        platform_fees = cls(
            currency=currency,
            custom_keys_surcharge=custom_keys_surcharge,
            initial_credit=initial_credit,
        )

        platform_fees.additional_properties = d
        return platform_fees

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
