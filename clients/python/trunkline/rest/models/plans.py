from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Self, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.plan import Plan


T = TypeVar("T", bound="Plans")


@_attrs_define
class Plans:
    """The plans that one can choose oneself."""

    currency: str
    """ What amounts are in. """
    data: list[Plan]
    """ The smallest first. """
    larger: str
    """ Who is asked for a larger plan. """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        currency = self.currency

        data = []
        for data_item_data in self.data:
            data_item = data_item_data.to_dict()
            data.append(data_item)

        larger = self.larger

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "currency": currency,
                "data": data,
                "larger": larger,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        from ..models.plan import Plan

        d = dict(src_dict)
        currency = d.pop("currency")

        data = []
        _data = d.pop("data")
        for data_item_data in _data:
            data_item = Plan.from_dict(data_item_data)

            data.append(data_item)

        larger = d.pop("larger")

        plans = cls(
            currency=currency,
            data=data,
            larger=larger,
        )

        plans.additional_properties = d
        return plans

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
