from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Self, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.record_result import RecordResult


T = TypeVar("T", bound="CdrBatchResult")


@_attrs_define
class CdrBatchResult:
    """What became of a batch, record by record."""

    accepted: int
    """ Records that became calls now. """
    conflicts: int
    """ Records whose key is known with other content. """
    duplicates: int
    """ Records that were known already. """
    id: str
    """ The batch: the same records of the same source have the same id. """
    records: int
    """ Records that were sent. """
    rejected: int
    """ Records that were refused and kept. """
    results: list[RecordResult]
    """ One for each record, in the order they were sent. Empty in the audit log. """
    source: str
    """ The name of its source. """
    source_id: str
    """ Its source. """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        accepted = self.accepted

        conflicts = self.conflicts

        duplicates = self.duplicates

        id = self.id

        records = self.records

        rejected = self.rejected

        results = []
        for results_item_data in self.results:
            results_item = results_item_data.to_dict()
            results.append(results_item)

        source = self.source

        source_id = self.source_id

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "accepted": accepted,
                "conflicts": conflicts,
                "duplicates": duplicates,
                "id": id,
                "records": records,
                "rejected": rejected,
                "results": results,
                "source": source,
                "source_id": source_id,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        from ..models.record_result import RecordResult

        d = dict(src_dict)
        accepted = d.pop("accepted")

        conflicts = d.pop("conflicts")

        duplicates = d.pop("duplicates")

        id = d.pop("id")

        records = d.pop("records")

        rejected = d.pop("rejected")

        results = []
        _results = d.pop("results")
        for results_item_data in _results:
            results_item = RecordResult.from_dict(results_item_data)

            results.append(results_item)

        source = d.pop("source")

        source_id = d.pop("source_id")

        cdr_batch_result = cls(
            accepted=accepted,
            conflicts=conflicts,
            duplicates=duplicates,
            id=id,
            records=records,
            rejected=rejected,
            results=results,
            source=source,
            source_id=source_id,
        )

        cdr_batch_result.additional_properties = d
        return cdr_batch_result

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
