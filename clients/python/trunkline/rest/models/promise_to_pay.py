from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, Self, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="PromiseToPay")


@_attrs_define
class PromiseToPay:
    """What a tenant said about when it pays. Steps after it wait as long as it runs."""

    made_on: datetime.date
    """ The day it was made; from here on nothing is counted. """
    note: str
    """ What was noted. """
    until: datetime.date
    """ The last day to keep it. """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        made_on = self.made_on.isoformat()

        note = self.note

        until = self.until.isoformat()

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "made_on": made_on,
                "note": note,
                "until": until,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)
        made_on = datetime.date.fromisoformat(d.pop("made_on"))

        note = d.pop("note")

        until = datetime.date.fromisoformat(d.pop("until"))

        promise_to_pay = cls(
            made_on=made_on,
            note=note,
            until=until,
        )

        promise_to_pay.additional_properties = d
        return promise_to_pay

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
