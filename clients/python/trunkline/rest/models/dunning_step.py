from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, Self, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="DunningStep")


@_attrs_define
class DunningStep:
    """A step of dunning, done or to come."""

    at: datetime.datetime
    date: datetime.date
    """ On which date of the invoice's time zone. """
    invoice_id: str
    """ Because of which invoice. """
    state: str
    """ `planned`; `done`; or `missed`: nobody was mailed, because its day had passed. """
    step: str
    """ What happens. """
    told: list[str]
    """ Who is told by mail: `partner`, `tenant`. Of a payment that is tried again, when it fails. """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        at = self.at.isoformat()

        date = self.date.isoformat()

        invoice_id = self.invoice_id

        state = self.state

        step = self.step

        told = self.told

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "at": at,
                "date": date,
                "invoice_id": invoice_id,
                "state": state,
                "step": step,
                "told": told,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)
        at = datetime.datetime.fromisoformat(d.pop("at"))

        date = datetime.date.fromisoformat(d.pop("date"))

        invoice_id = d.pop("invoice_id")

        state = d.pop("state")

        step = d.pop("step")

        told = cast(list[str], d.pop("told"))

        dunning_step = cls(
            at=at,
            date=date,
            invoice_id=invoice_id,
            state=state,
            step=step,
            told=told,
        )

        dunning_step.additional_properties = d
        return dunning_step

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
