from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self, TypeVar

from attrs import define as _attrs_define

T = TypeVar("T", bound="Figures")


@_attrs_define
class Figures:
    """Unit prices."""

    extension_month: str
    local_did_month: str
    local_minute: str
    toll_free_did_month: str
    toll_free_minute: str

    def to_dict(self) -> dict[str, Any]:
        extension_month = self.extension_month

        local_did_month = self.local_did_month

        local_minute = self.local_minute

        toll_free_did_month = self.toll_free_did_month

        toll_free_minute = self.toll_free_minute

        field_dict: dict[str, Any] = {}

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

        figures = cls(
            extension_month=extension_month,
            local_did_month=local_did_month,
            local_minute=local_minute,
            toll_free_did_month=toll_free_did_month,
            toll_free_minute=toll_free_minute,
        )

        return figures
