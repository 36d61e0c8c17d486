from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Self, TypeVar, cast

from attrs import define as _attrs_define

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.figures import Figures


T = TypeVar("T", bound="RateChangeInput")


@_attrs_define
class RateChangeInput:
    """New figures of a tier."""

    effective_from: datetime.datetime
    """ From when on: 30 days from now or later. """
    reason: str
    """ Why, for partners. """
    tier: str
    """ `starter`, `professional` or `business`. """
    monthly_fee: None | str | Unset = UNSET
    """ The monthly fee by then. """
    rates: Figures | None | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        from ..models.figures import Figures

        effective_from = self.effective_from.isoformat()

        reason = self.reason

        tier = self.tier

        monthly_fee: None | str | Unset
        if isinstance(self.monthly_fee, Unset):
            monthly_fee = UNSET
        else:
            monthly_fee = self.monthly_fee

        rates: dict[str, Any] | None | Unset
        if isinstance(self.rates, Unset):
            rates = UNSET
        elif isinstance(self.rates, Figures):
            rates = self.rates.to_dict()
        else:
            rates = self.rates

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "effective_from": effective_from,
                "reason": reason,
                "tier": tier,
            }
        )
        if monthly_fee is not UNSET:
            field_dict["monthly_fee"] = monthly_fee
        if rates is not UNSET:
            field_dict["rates"] = rates

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        from ..models.figures import Figures

        d = dict(src_dict)
        effective_from = datetime.datetime.fromisoformat(d.pop("effective_from"))

        reason = d.pop("reason")

        tier = d.pop("tier")

        def _parse_monthly_fee(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        monthly_fee = _parse_monthly_fee(d.pop("monthly_fee", UNSET))

        def _parse_rates(data: object) -> Figures | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                rates_type_0 = Figures.from_dict(data)

                return rates_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(Figures | None | Unset, data)

        rates = _parse_rates(d.pop("rates", UNSET))

        rate_change_input = cls(
            effective_from=effective_from,
            reason=reason,
            tier=tier,
            monthly_fee=monthly_fee,
            rates=rates,
        )

        return rate_change_input
