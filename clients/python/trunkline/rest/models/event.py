from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Self, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.event_data import EventData


T = TypeVar("T", bound="Event")


@_attrs_define
class Event:
    """Something that happened, as webhooks tell it."""

    created_at: datetime.datetime
    data: EventData
    """ The object, under its name. """
    id: str
    """ Its id: the same however often it is told. """
    object_version: int
    """ The object's version after it happened. """
    partner_id: str
    """ Whose it is. """
    sequence: int
    """ Its place among all events of the partner: from 1, without gaps. """
    type_: str
    """ What happened. """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        created_at = self.created_at.isoformat()

        data = self.data.to_dict()

        id = self.id

        object_version = self.object_version

        partner_id = self.partner_id

        sequence = self.sequence

        type_ = self.type_

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "created_at": created_at,
                "data": data,
                "id": id,
                "object_version": object_version,
                "partner_id": partner_id,
                "sequence": sequence,
                "type": type_,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        from ..models.event_data import EventData

        d = dict(src_dict)
        created_at = datetime.datetime.fromisoformat(d.pop("created_at"))

        data = EventData.from_dict(d.pop("data"))

        id = d.pop("id")

        object_version = d.pop("object_version")

        partner_id = d.pop("partner_id")

        sequence = d.pop("sequence")

        type_ = d.pop("type")

        event = cls(
            created_at=created_at,
            data=data,
            id=id,
            object_version=object_version,
            partner_id=partner_id,
            sequence=sequence,
            type_=type_,
        )

        event.additional_properties = d
        return event

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
