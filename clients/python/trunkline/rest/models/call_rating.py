from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Self, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.call_rating_retail import CallRatingRetail
    from ..models.call_rating_wholesale import CallRatingWholesale


T = TypeVar("T", bound="CallRating")


@_attrs_define
class CallRating:
    """How a call was priced, on both sides."""

    retail: CallRatingRetail
    """ The tenant's side: profile and its version, the deck's row with steps and windows where one
    priced it, the minute rate and increments otherwise. """
    wholesale: CallRatingWholesale
    """ The partner's side. """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        retail = self.retail.to_dict()

        wholesale = self.wholesale.to_dict()

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "retail": retail,
                "wholesale": wholesale,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        from ..models.call_rating_retail import CallRatingRetail
        from ..models.call_rating_wholesale import CallRatingWholesale

        d = dict(src_dict)
        retail = CallRatingRetail.from_dict(d.pop("retail"))

        wholesale = CallRatingWholesale.from_dict(d.pop("wholesale"))

        call_rating = cls(
            retail=retail,
            wholesale=wholesale,
        )

        call_rating.additional_properties = d
        return call_rating

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
