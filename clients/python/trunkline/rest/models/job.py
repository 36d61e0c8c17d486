from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, Self, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

T = TypeVar("T", bound="Job")


@_attrs_define
class Job:
    """A piece of background work."""

    attempts: int
    """ How often it was tried. """
    created_at: datetime.datetime
    id: str
    """ Its id. """
    key: str
    """ What it is for: there is one of each. """
    kind: str
    """ What it does. """
    partner_id: str
    """ For whom. """
    run_at: datetime.datetime
    state: str
    """ `ready`, `done` or `failed`. """
    last_error: None | str | Unset = UNSET
    """ Why it failed the last time. """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        attempts = self.attempts

        created_at = self.created_at.isoformat()

        id = self.id

        key = self.key

        kind = self.kind

        partner_id = self.partner_id

        run_at = self.run_at.isoformat()

        state = self.state

        last_error: None | str | Unset
        if isinstance(self.last_error, Unset):
            last_error = UNSET
        else:
            last_error = self.last_error

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "attempts": attempts,
                "created_at": created_at,
                "id": id,
                "key": key,
                "kind": kind,
                "partner_id": partner_id,
                "run_at": run_at,
                "state": state,
            }
        )
        if last_error is not UNSET:
            field_dict["last_error"] = last_error

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)
        attempts = d.pop("attempts")

        created_at = datetime.datetime.fromisoformat(d.pop("created_at"))

        id = d.pop("id")

        key = d.pop("key")

        kind = d.pop("kind")

        partner_id = d.pop("partner_id")

        run_at = datetime.datetime.fromisoformat(d.pop("run_at"))

        state = d.pop("state")

        def _parse_last_error(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        last_error = _parse_last_error(d.pop("last_error", UNSET))

        job = cls(
            attempts=attempts,
            created_at=created_at,
            id=id,
            key=key,
            kind=kind,
            partner_id=partner_id,
            run_at=run_at,
            state=state,
            last_error=last_error,
        )

        job.additional_properties = d
        return job

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
