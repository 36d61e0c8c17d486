from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Self, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.wholesale_rates import WholesaleRates


T = TypeVar("T", bound="Plan")


@_attrs_define
class Plan:
    """A plan and what it costs."""

    monthly_fee: str
    rates: WholesaleRates
    """ Wholesale unit prices. """
    tier: str
    """ `starter`, `professional` or `business`; larger ones are agreed with the operator. """
    max_extensions: int | None | Unset = UNSET
    """ Extensions of all tenants together; null is unlimited. """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        monthly_fee = self.monthly_fee

        rates = self.rates.to_dict()

        tier = self.tier

        max_extensions: int | None | Unset
        if isinstance(self.max_extensions, Unset):
            max_extensions = UNSET
        else:
            max_extensions = self.max_extensions

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "monthly_fee": monthly_fee,
                "rates": rates,
                "tier": tier,
            }
        )
        if max_extensions is not UNSET:
            field_dict["max_extensions"] = max_extensions

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        from ..models.wholesale_rates import WholesaleRates

        d = dict(src_dict)
        monthly_fee = d.pop("monthly_fee")

        rates = WholesaleRates.from_dict(d.pop("rates"))

        tier = d.pop("tier")

        def _parse_max_extensions(data: object) -> int | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(int | None | Unset, data)

        max_extensions = _parse_max_extensions(d.pop("max_extensions", UNSET))

        plan = cls(
            monthly_fee=monthly_fee,
            rates=rates,
            tier=tier,
            max_extensions=max_extensions,
        )

        plan.additional_properties = d
        return plan

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
