from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self, TypeVar

from attrs import define as _attrs_define

T = TypeVar("T", bound="TrialInput")


@_attrs_define
class TrialInput:
    """A trial's length and what it turns into."""

    convert_to: str
    """ The billing profile it converts to; no trial itself. """
    days: int
    """ Days from the tenant's creation to the conversion. """

    def to_dict(self) -> dict[str, Any]:
        convert_to = self.convert_to

        days = self.days

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "convert_to": convert_to,
                "days": days,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)
        convert_to = d.pop("convert_to")

        days = d.pop("days")

        trial_input = cls(
            convert_to=convert_to,
            days=days,
        )

        return trial_input
