from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="Counts")


@_attrs_define
class Counts:
    """What is provisioned and assigned now."""

    extensions: int
    """ Extensions, used or not. """
    local_phone_numbers: int
    """ Standard numbers. """
    phone_numbers: int
    """ Phone numbers, both kinds together. """
    toll_free_phone_numbers: int
    """ Toll-free numbers. """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        extensions = self.extensions

        local_phone_numbers = self.local_phone_numbers

        phone_numbers = self.phone_numbers

        toll_free_phone_numbers = self.toll_free_phone_numbers

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "extensions": extensions,
                "local_phone_numbers": local_phone_numbers,
                "phone_numbers": phone_numbers,
                "toll_free_phone_numbers": toll_free_phone_numbers,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)
        extensions = d.pop("extensions")

        local_phone_numbers = d.pop("local_phone_numbers")

        phone_numbers = d.pop("phone_numbers")

        toll_free_phone_numbers = d.pop("toll_free_phone_numbers")

        counts = cls(
            extensions=extensions,
            local_phone_numbers=local_phone_numbers,
            phone_numbers=phone_numbers,
            toll_free_phone_numbers=toll_free_phone_numbers,
        )

        counts.additional_properties = d
        return counts

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
