from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Self, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.rate_deck_row import RateDeckRow


T = TypeVar("T", bound="ChangedRow")


@_attrs_define
class ChangedRow:
    """A row that says something else than before."""

    new: RateDeckRow
    """ A row of a rate deck. """
    old: RateDeckRow
    """ A row of a rate deck. """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        new = self.new.to_dict()

        old = self.old.to_dict()

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "new": new,
                "old": old,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        from ..models.rate_deck_row import RateDeckRow

        d = dict(src_dict)
        new = RateDeckRow.from_dict(d.pop("new"))

        old = RateDeckRow.from_dict(d.pop("old"))

        changed_row = cls(
            new=new,
            old=old,
        )

        changed_row.additional_properties = d
        return changed_row

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
