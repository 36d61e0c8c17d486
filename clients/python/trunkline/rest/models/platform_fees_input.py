from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self, TypeVar, cast

from attrs import define as _attrs_define

from ..types import UNSET, Unset

T = TypeVar("T", bound="PlatformFeesInput")


@_attrs_define
class PlatformFeesInput:
    """What changes of them. What is left out stays."""

    custom_keys_surcharge: None | str | Unset = UNSET
    initial_credit: None | str | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        custom_keys_surcharge: None | str | Unset
        if isinstance(self.custom_keys_surcharge, Unset):
            custom_keys_surcharge = UNSET
        else:
            custom_keys_surcharge = self.custom_keys_surcharge

        initial_credit: None | str | Unset
        if isinstance(self.initial_credit, Unset):
            initial_credit = UNSET
        else:
            initial_credit = self.initial_credit

        field_dict: dict[str, Any] = {}

        field_dict.update({})
        if custom_keys_surcharge is not UNSET:
            field_dict["custom_keys_surcharge"] = custom_keys_surcharge
        if initial_credit is not UNSET:
            field_dict["initial_credit"] = initial_credit

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)

        def _parse_custom_keys_surcharge(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        custom_keys_surcharge = _parse_custom_keys_surcharge(
            d.pop("custom_keys_surcharge", UNSET)
        )

        def _parse_initial_credit(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        initial_credit = _parse_initial_credit(d.pop("initial_credit", UNSET))

        platform_fees_input = cls(
            custom_keys_surcharge=custom_keys_surcharge,
            initial_credit=initial_credit,
        )

        return platform_fees_input
