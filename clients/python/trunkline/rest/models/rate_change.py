from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Self, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.wholesale_rates import WholesaleRates


T = TypeVar("T", bound="RateChange")


@_attrs_define
class RateChange:
    """New figures of a tier that are posted and in force from an instant on."""

    effective_from: datetime.datetime
    monthly_fee: str
    posted_at: datetime.datetime
    rates: WholesaleRates
    """ Wholesale unit prices. """
    reason: str
    """ Why. """
    tier: str
    """ Which tier. """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        effective_from = self.effective_from.isoformat()

        monthly_fee = self.monthly_fee

        posted_at = self.posted_at.isoformat()

        rates = self.rates.to_dict()

        reason = self.reason

        tier = self.tier

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "effective_from": effective_from,
                "monthly_fee": monthly_fee,
                "posted_at": posted_at,
                "rates": rates,
                "reason": reason,
                "tier": tier,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        from ..models.wholesale_rates import WholesaleRates

        d = dict(src_dict)
        effective_from = datetime.datetime.fromisoformat(d.pop("effective_from"))

        monthly_fee = d.pop("monthly_fee")

        posted_at = datetime.datetime.fromisoformat(d.pop("posted_at"))

        rates = WholesaleRates.from_dict(d.pop("rates"))

        reason = d.pop("reason")

        tier = d.pop("tier")

        rate_change = cls(
            effective_from=effective_from,
            monthly_fee=monthly_fee,
            posted_at=posted_at,
            rates=rates,
            reason=reason,
            tier=tier,
        )

        rate_change.additional_properties = d
        return rate_change

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
