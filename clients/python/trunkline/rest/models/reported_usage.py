from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="ReportedUsage")


@_attrs_define
class ReportedUsage:
    """A report of units that were used."""

    is_new: bool
    """ Whether this is the first time that it was reported. """
    metered_charge_id: str
    """ Of which charge. """
    quantity: str
    report_id: str
    """ The report's id. """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        is_new = self.is_new

        metered_charge_id = self.metered_charge_id

        quantity = self.quantity

        report_id = self.report_id

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "is_new": is_new,
                "metered_charge_id": metered_charge_id,
                "quantity": quantity,
                "report_id": report_id,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)
        is_new = d.pop("is_new")

        metered_charge_id = d.pop("metered_charge_id")

        quantity = d.pop("quantity")

        report_id = d.pop("report_id")

        reported_usage = cls(
            is_new=is_new,
            metered_charge_id=metered_charge_id,
            quantity=quantity,
            report_id=report_id,
        )

        reported_usage.additional_properties = d
        return reported_usage

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
