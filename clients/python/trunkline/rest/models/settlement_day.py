from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self, TypeVar

from attrs import define as _attrs_define

T = TypeVar("T", bound="SettlementDay")


@_attrs_define
class SettlementDay:
    """When a partner's settlements are due."""

    settlement_day: int
    """ The day of the month after. """

    def to_dict(self) -> dict[str, Any]:
        settlement_day = self.settlement_day

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "settlement_day": settlement_day,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)
        settlement_day = d.pop("settlement_day")

        settlement_day = cls(
            settlement_day=settlement_day,
        )

        return settlement_day
