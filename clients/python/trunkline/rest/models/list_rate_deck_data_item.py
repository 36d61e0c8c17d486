from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, Self, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="ListRateDeckDataItem")


@_attrs_define
class ListRateDeckDataItem:
    """A table of prices by the first digits of numbers."""

    created_at: datetime.datetime
    id: str
    """ Its id. """
    latest_version: int
    """ The number of its newest version, which may be scheduled for later. """
    name: str
    """ For people. """
    version: int
    """ Grows with each version and each new name; the `ETag`. """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        created_at = self.created_at.isoformat()

        id = self.id

        latest_version = self.latest_version

        name = self.name

        version = self.version

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "created_at": created_at,
                "id": id,
                "latest_version": latest_version,
                "name": name,
                "version": version,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)
        created_at = datetime.datetime.fromisoformat(d.pop("created_at"))

        id = d.pop("id")

        latest_version = d.pop("latest_version")

        name = d.pop("name")

        version = d.pop("version")

        list_rate_deck_data_item = cls(
            created_at=created_at,
            id=id,
            latest_version=latest_version,
            name=name,
            version=version,
        )

        list_rate_deck_data_item.additional_properties = d
        return list_rate_deck_data_item

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
