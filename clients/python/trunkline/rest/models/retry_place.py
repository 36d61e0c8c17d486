from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self, TypeVar, cast

from attrs import define as _attrs_define

from ..types import UNSET, Unset

T = TypeVar("T", bound="RetryPlace")


@_attrs_define
class RetryPlace:
    """Where trying again goes on: the `next` of the answer before."""

    after_call_id: None | str | Unset = UNSET
    """ Unrated calls up to this one were tried. """
    after_reject_id: None | str | Unset = UNSET
    """ Rejects up to this one were tried. """

    def to_dict(self) -> dict[str, Any]:
        after_call_id: None | str | Unset
        if isinstance(self.after_call_id, Unset):
            after_call_id = UNSET
        else:
            after_call_id = self.after_call_id

        after_reject_id: None | str | Unset
        if isinstance(self.after_reject_id, Unset):
            after_reject_id = UNSET
        else:
            after_reject_id = self.after_reject_id

        field_dict: dict[str, Any] = {}

        field_dict.update({})
        if after_call_id is not UNSET:
            field_dict["after_call_id"] = after_call_id
        if after_reject_id is not UNSET:
            field_dict["after_reject_id"] = after_reject_id

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)

        def _parse_after_call_id(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        after_call_id = _parse_after_call_id(d.pop("after_call_id", UNSET))

        def _parse_after_reject_id(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        after_reject_id = _parse_after_reject_id(d.pop("after_reject_id", UNSET))

        retry_place = cls(
            after_call_id=after_call_id,
            after_reject_id=after_reject_id,
        )

        return retry_place
