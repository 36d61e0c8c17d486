from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self, TypeVar, cast

from attrs import define as _attrs_define

from ..types import UNSET, Unset

T = TypeVar("T", bound="ChangeInput")


@_attrs_define
class ChangeInput:
    """A plan that is wanted now."""

    tier: str
    """ `starter`, `professional` or `business`. """
    due_now: None | str | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        tier = self.tier

        due_now: None | str | Unset
        if isinstance(self.due_now, Unset):
            due_now = UNSET
        else:
            due_now = self.due_now

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "tier": tier,
            }
        )
        if due_now is not UNSET:
            field_dict["due_now"] = due_now

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)
        tier = d.pop("tier")

        def _parse_due_now(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        due_now = _parse_due_now(d.pop("due_now", UNSET))

        change_input = cls(
            tier=tier,
            due_now=due_now,
        )

        return change_input
