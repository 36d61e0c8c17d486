from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, Self, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="ListRateDeckVersionDataItem")


@_attrs_define
class ListRateDeckVersionDataItem:
    """One version of a rate deck. It never changes."""

    created_at: datetime.datetime
    effective_from: datetime.datetime
    rate_deck_id: str
    """ Of which deck. """
    rows: int
    """ How many rows it has. """
    timezone: str
    """ In which its windows and dates without a zone are read. """
    version: int
    """ 1, 2, 3 … """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        created_at = self.created_at.isoformat()

        effective_from = self.effective_from.isoformat()

        rate_deck_id = self.rate_deck_id

        rows = self.rows

        timezone = self.timezone

        version = self.version

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "created_at": created_at,
                "effective_from": effective_from,
                "rate_deck_id": rate_deck_id,
                "rows": rows,
                "timezone": timezone,
                "version": version,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)
        created_at = datetime.datetime.fromisoformat(d.pop("created_at"))

        effective_from = datetime.datetime.fromisoformat(d.pop("effective_from"))

        rate_deck_id = d.pop("rate_deck_id")

        rows = d.pop("rows")

        timezone = d.pop("timezone")

        version = d.pop("version")

        list_rate_deck_version_data_item = cls(
            created_at=created_at,
            effective_from=effective_from,
            rate_deck_id=rate_deck_id,
            rows=rows,
            timezone=timezone,
            version=version,
        )

        list_rate_deck_version_data_item.additional_properties = d
        return list_rate_deck_version_data_item

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
