from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Self, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.changed_row import ChangedRow
    from ..models.rate_deck_row import RateDeckRow


T = TypeVar("T", bound="RateDeckDiff")


@_attrs_define
class RateDeckDiff:
    """What a deck file would change. Nothing is saved."""

    added: list[RateDeckRow]
    """ The first 200 new rows, in the order of prefixes. """
    added_count: int
    """ Rows that are new. """
    changed: list[ChangedRow]
    """ The first 200 rows that say something else. """
    changed_count: int
    """ Rows that say something else. """
    removed: list[RateDeckRow]
    """ The first 200 rows that go. """
    removed_count: int
    """ Rows that go. """
    rows: int
    """ Rows of the file. """
    unchanged_count: int
    """ Rows that stay. """
    compared_with: int | None | Unset = UNSET
    """ The version it is compared with; null where there is none. """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        added = []
        for added_item_data in self.added:
            added_item = added_item_data.to_dict()
            added.append(added_item)

        added_count = self.added_count

        changed = []
        for changed_item_data in self.changed:
            changed_item = changed_item_data.to_dict()
            changed.append(changed_item)

        changed_count = self.changed_count

        removed = []
        for removed_item_data in self.removed:
            removed_item = removed_item_data.to_dict()
            removed.append(removed_item)

        removed_count = self.removed_count

        rows = self.rows

        unchanged_count = self.unchanged_count

        compared_with: int | None | Unset
        if isinstance(self.compared_with, Unset):
            compared_with = UNSET
        else:
            compared_with = self.compared_with

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "added": added,
                "added_count": added_count,
                "changed": changed,
                "changed_count": changed_count,
                "removed": removed,
                "removed_count": removed_count,
                "rows": rows,
                "unchanged_count": unchanged_count,
            }
        )
        if compared_with is not UNSET:
            field_dict["compared_with"] = compared_with

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        from ..models.changed_row import ChangedRow
        from ..models.rate_deck_row import RateDeckRow

        d = dict(src_dict)
        added = []
        _added = d.pop("added")
        for added_item_data in _added:
            added_item = RateDeckRow.from_dict(added_item_data)

            added.append(added_item)

        added_count = d.pop("added_count")

        changed = []
        _changed = d.pop("changed")
        for changed_item_data in _changed:
            changed_item = ChangedRow.from_dict(changed_item_data)

            changed.append(changed_item)

        changed_count = d.pop("changed_count")

        removed = []
        _removed = d.pop("removed")
        for removed_item_data in _removed:
            removed_item = RateDeckRow.from_dict(removed_item_data)

            removed.append(removed_item)

        removed_count = d.pop("removed_count")

        rows = d.pop("rows")

        unchanged_count = d.pop("unchanged_count")

        def _parse_compared_with(data: object) -> int | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(int | None | Unset, data)

        compared_with = _parse_compared_with(d.pop("compared_with", UNSET))

        rate_deck_diff = cls(
            added=added,
            added_count=added_count,
            changed=changed,
            changed_count=changed_count,
            removed=removed,
            removed_count=removed_count,
            rows=rows,
            unchanged_count=unchanged_count,
            compared_with=compared_with,
        )

        rate_deck_diff.additional_properties = d
        return rate_deck_diff

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
