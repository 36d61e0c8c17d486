from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self, TypeVar

from attrs import define as _attrs_define

T = TypeVar("T", bound="PreviewInput")


@_attrs_define
class PreviewInput:
    """A plan to be."""

    tier: str
    """ `starter`, `professional` or `business`. """

    def to_dict(self) -> dict[str, Any]:
        tier = self.tier

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "tier": tier,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)
        tier = d.pop("tier")

        preview_input = cls(
            tier=tier,
        )

        return preview_input
