from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, Self, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="ListCdrBatchDataItem")


@_attrs_define
class ListCdrBatchDataItem:
    """A batch of call records that was taken in."""

    calls: int
    """ Rows of calls that it added. """
    created_at: datetime.datetime
    file_name: str
    """ The file it came in; `api` where it came by the API. """
    id: str
    """ Its id: the same records of the same source have the same one. """
    records: int
    """ Records in it. """
    rejects: int
    """ Records that it refused and that had not been refused before. """
    source: str
    """ The name of its source. """
    source_id: str
    """ Its source. """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        calls = self.calls

        created_at = self.created_at.isoformat()

        file_name = self.file_name

        id = self.id

        records = self.records

        rejects = self.rejects

        source = self.source

        source_id = self.source_id

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "calls": calls,
                "created_at": created_at,
                "file_name": file_name,
                "id": id,
                "records": records,
                "rejects": rejects,
                "source": source,
                "source_id": source_id,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)
        calls = d.pop("calls")

        created_at = datetime.datetime.fromisoformat(d.pop("created_at"))

        file_name = d.pop("file_name")

        id = d.pop("id")

        records = d.pop("records")

        rejects = d.pop("rejects")

        source = d.pop("source")

        source_id = d.pop("source_id")

        list_cdr_batch_data_item = cls(
            calls=calls,
            created_at=created_at,
            file_name=file_name,
            id=id,
            records=records,
            rejects=rejects,
            source=source,
            source_id=source_id,
        )

        list_cdr_batch_data_item.additional_properties = d
        return list_cdr_batch_data_item

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
