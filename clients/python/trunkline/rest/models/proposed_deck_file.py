from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self, TypeVar, cast

from attrs import define as _attrs_define

from ..types import UNSET, Unset

T = TypeVar("T", bound="ProposedDeckFile")


@_attrs_define
class ProposedDeckFile:
    """A deck file to try."""

    csv: str
    """ The file. """
    timezone: None | str | Unset = UNSET
    """ The IANA zone of its windows and dates; UTC where this is left out. """

    def to_dict(self) -> dict[str, Any]:
        csv = self.csv

        timezone: None | str | Unset
        if isinstance(self.timezone, Unset):
            timezone = UNSET
        else:
            timezone = self.timezone

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "csv": csv,
            }
        )
        if timezone is not UNSET:
            field_dict["timezone"] = timezone

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)
        csv = d.pop("csv")

        def _parse_timezone(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        timezone = _parse_timezone(d.pop("timezone", UNSET))

        proposed_deck_file = cls(
            csv=csv,
            timezone=timezone,
        )

        return proposed_deck_file
