from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

T = TypeVar("T", bound="ReplayOutcome")


@_attrs_define
class ReplayOutcome:
    """What a replay did."""

    queued: int
    """ Deliveries that are due now because of it. """
    continue_after: int | None | Unset = UNSET
    """ Send it as `after_sequence` to go on; absent where all events were looked at. """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        queued = self.queued

        continue_after: int | None | Unset
        if isinstance(self.continue_after, Unset):
            continue_after = UNSET
        else:
            continue_after = self.continue_after

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "queued": queued,
            }
        )
        if continue_after is not UNSET:
            field_dict["continue_after"] = continue_after

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)
        queued = d.pop("queued")

        def _parse_continue_after(data: object) -> int | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(int | None | Unset, data)

        continue_after = _parse_continue_after(d.pop("continue_after", UNSET))

        replay_outcome = cls(
            queued=queued,
            continue_after=continue_after,
        )

        replay_outcome.additional_properties = d
        return replay_outcome

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
