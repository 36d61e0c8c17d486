from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, Self, TypeVar, cast

from attrs import define as _attrs_define

from ..types import UNSET, Unset

T = TypeVar("T", bound="ReplayInput")


@_attrs_define
class ReplayInput:
    """What is sent again."""

    since: datetime.datetime
    after_sequence: int | None | Unset = UNSET
    """ Of those, the ones after this place; all where this is left out. """

    def to_dict(self) -> dict[str, Any]:
        since = self.since.isoformat()

        after_sequence: int | None | Unset
        if isinstance(self.after_sequence, Unset):
            after_sequence = UNSET
        else:
            after_sequence = self.after_sequence

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "since": since,
            }
        )
        if after_sequence is not UNSET:
            field_dict["after_sequence"] = after_sequence

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)
        since = datetime.datetime.fromisoformat(d.pop("since"))

        def _parse_after_sequence(data: object) -> int | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(int | None | Unset, data)

        after_sequence = _parse_after_sequence(d.pop("after_sequence", UNSET))

        replay_input = cls(
            since=since,
            after_sequence=after_sequence,
        )

        return replay_input
