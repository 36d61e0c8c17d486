from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="WholesaleRates")


@_attrs_define
class WholesaleRates:
    """Wholesale unit prices."""

    extension_month: str
    local_did_month: str
    local_minute: str
    toll_free_did_month: str
    toll_free_minute: str
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        extension_month = self.extension_month

        local_did_month = self.local_did_month

        local_minute = self.local_minute

        toll_free_did_month = self.toll_free_did_month

        toll_free_minute = self.toll_free_minute

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "extension_month": extension_month,
                "local_did_month": local_did_month,
                "local_minute": local_minute,
                "toll_free_did_month": toll_free_did_month,
                "toll_free_minute": toll_free_minute,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)
        extension_month = d.pop("extension_month")

        local_did_month = d.pop("local_did_month")

        local_minute = d.pop("local_minute")

        toll_free_did_month = d.pop("toll_free_did_month")

        toll_free_minute = d.pop("toll_free_minute")

        wholesale_rates = cls(
            extension_month=extension_month,
            local_did_month=local_did_month,
            local_minute=local_minute,
            toll_free_did_month=toll_free_did_month,
            toll_free_minute=toll_free_minute,
        )

        wholesale_rates.additional_properties = d
        return wholesale_rates

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
