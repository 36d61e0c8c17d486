from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="SubscriptionUsage")


@_attrs_define
class SubscriptionUsage:
    """What a partner uses now and used in this calendar month."""

    extensions: int
    """ Extensions of all tenants. """
    local_minutes: str
    local_numbers: int
    """ Local numbers of all tenants. """
    toll_free_minutes: str
    toll_free_numbers: int
    """ Toll-free numbers of all tenants. """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        extensions = self.extensions

        local_minutes = self.local_minutes

        local_numbers = self.local_numbers

        toll_free_minutes = self.toll_free_minutes

        toll_free_numbers = self.toll_free_numbers

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "extensions": extensions,
                "local_minutes": local_minutes,
                "local_numbers": local_numbers,
                "toll_free_minutes": toll_free_minutes,
                "toll_free_numbers": toll_free_numbers,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)
        extensions = d.pop("extensions")

        local_minutes = d.pop("local_minutes")

        local_numbers = d.pop("local_numbers")

        toll_free_minutes = d.pop("toll_free_minutes")

        toll_free_numbers = d.pop("toll_free_numbers")

        subscription_usage = cls(
            extensions=extensions,
            local_minutes=local_minutes,
            local_numbers=local_numbers,
            toll_free_minutes=toll_free_minutes,
            toll_free_numbers=toll_free_numbers,
        )

        subscription_usage.additional_properties = d
        return subscription_usage

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
