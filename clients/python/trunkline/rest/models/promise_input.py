from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, Self, TypeVar, cast

from attrs import define as _attrs_define

from ..types import UNSET, Unset

T = TypeVar("T", bound="PromiseInput")


@_attrs_define
class PromiseInput:
    """A day until which a tenant says it pays."""

    until: datetime.date
    """ The last day to keep it: one of the 90 days after today. """
    note: None | str | Unset = UNSET
    """ For people. """

    def to_dict(self) -> dict[str, Any]:
        until = self.until.isoformat()

        note: None | str | Unset
        if isinstance(self.note, Unset):
            note = UNSET
        else:
            note = self.note

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "until": until,
            }
        )
        if note is not UNSET:
            field_dict["note"] = note

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)
        until = datetime.date.fromisoformat(d.pop("until"))

        def _parse_note(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        note = _parse_note(d.pop("note", UNSET))

        promise_input = cls(
            until=until,
            note=note,
        )

        return promise_input
