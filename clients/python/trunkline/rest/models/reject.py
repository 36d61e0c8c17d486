from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, Self, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

T = TypeVar("T", bound="Reject")


@_attrs_define
class Reject:
    """A record that was refused, and kept."""

    byte_offset: int
    """ Its first byte there, from 0. """
    code: str
    """ The stable code of why it was refused. """
    created_at: datetime.datetime
    file_name: str
    """ The file it came in; `api` where it came by the API. """
    format_: str
    """ What it was read as. """
    id: str
    """ Its id. """
    line: int
    """ Its line, or its place in a batch, from 1. """
    reason: str
    """ Why it was refused, in words. """
    source: str
    """ The name of its source. """
    source_id: str
    """ Its source. """
    state: str
    """ `open`, `resolved` once it is a call, `dismissed` where somebody gave it up. """
    dismissed_because: None | str | Unset = UNSET
    """ Why it was dismissed. """
    resolved_at: datetime.datetime | None | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        byte_offset = self.byte_offset

        code = self.code

        created_at = self.created_at.isoformat()

        file_name = self.file_name

        format_ = self.format_

        id = self.id

        line = self.line

        reason = self.reason

        source = self.source

        source_id = self.source_id

        state = self.state

        dismissed_because: None | str | Unset
        if isinstance(self.dismissed_because, Unset):
            dismissed_because = UNSET
        else:
            dismissed_because = self.dismissed_because

        resolved_at: None | str | Unset
        if isinstance(self.resolved_at, Unset):
            resolved_at = UNSET
        elif isinstance(self.resolved_at, datetime.datetime):
            resolved_at = self.resolved_at.isoformat()
        else:
            resolved_at = self.resolved_at

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "byte_offset": byte_offset,
                "code": code,
                "created_at": created_at,
                "file_name": file_name,
                "format": format_,
                "id": id,
                "line": line,
                "reason": reason,
                "source": source,
                "source_id": source_id,
                "state": state,
            }
        )
        if dismissed_because is not UNSET:
            field_dict["dismissed_because"] = dismissed_because
        if resolved_at is not UNSET:
            field_dict["resolved_at"] = resolved_at

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)
        byte_offset = d.pop("byte_offset")

        code = d.pop("code")

        created_at = datetime.datetime.fromisoformat(d.pop("created_at"))

        file_name = d.pop("file_name")

        format_ = d.pop("format")

        id = d.pop("id")

        line = d.pop("line")

        reason = d.pop("reason")

        source = d.pop("source")

        source_id = d.pop("source_id")

        state = d.pop("state")

        def _parse_dismissed_because(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        dismissed_because = _parse_dismissed_because(d.pop("dismissed_because", UNSET))

        def _parse_resolved_at(data: object) -> datetime.datetime | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                resolved_at_type_0 = datetime.datetime.fromisoformat(data)

                return resolved_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None | Unset, data)

        resolved_at = _parse_resolved_at(d.pop("resolved_at", UNSET))

        reject = cls(
            byte_offset=byte_offset,
            code=code,
            created_at=created_at,
            file_name=file_name,
            format_=format_,
            id=id,
            line=line,
            reason=reason,
            source=source,
            source_id=source_id,
            state=state,
            dismissed_because=dismissed_because,
            resolved_at=resolved_at,
        )

        reject.additional_properties = d
        return reject

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
