from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self, TypeVar, cast

from attrs import define as _attrs_define

from ..types import UNSET, Unset

T = TypeVar("T", bound="LimitChanges")


@_attrs_define
class LimitChanges:
    """What changes of limits. What is left out stays; null makes a cap unlimited."""

    alert_threshold: int | None | Unset = UNSET
    """ Percent of a cap at which the partner is told, 1 to 100. """
    max_extensions: int | None | Unset = UNSET
    """ Extensions at a time. """
    max_monthly_minutes: int | None | Unset = UNSET
    """ Minutes of a billing period. """
    max_phone_numbers: int | None | Unset = UNSET
    """ Phone numbers at a time. """
    monthly_spend: None | str | Unset = UNSET
    """ Charges of a billing period before tax, as a decimal text. """
    on_limit: None | str | Unset = UNSET
    """ `suspend` or `alert`. """

    def to_dict(self) -> dict[str, Any]:
        alert_threshold: int | None | Unset
        if isinstance(self.alert_threshold, Unset):
            alert_threshold = UNSET
        else:
            alert_threshold = self.alert_threshold

        max_extensions: int | None | Unset
        if isinstance(self.max_extensions, Unset):
            max_extensions = UNSET
        else:
            max_extensions = self.max_extensions

        max_monthly_minutes: int | None | Unset
        if isinstance(self.max_monthly_minutes, Unset):
            max_monthly_minutes = UNSET
        else:
            max_monthly_minutes = self.max_monthly_minutes

        max_phone_numbers: int | None | Unset
        if isinstance(self.max_phone_numbers, Unset):
            max_phone_numbers = UNSET
        else:
            max_phone_numbers = self.max_phone_numbers

        monthly_spend: None | str | Unset
        if isinstance(self.monthly_spend, Unset):
            monthly_spend = UNSET
        else:
            monthly_spend = self.monthly_spend

        on_limit: None | str | Unset
        if isinstance(self.on_limit, Unset):
            on_limit = UNSET
        else:
            on_limit = self.on_limit

        field_dict: dict[str, Any] = {}

        field_dict.update({})
        if alert_threshold is not UNSET:
            field_dict["alert_threshold"] = alert_threshold
        if max_extensions is not UNSET:
            field_dict["max_extensions"] = max_extensions
        if max_monthly_minutes is not UNSET:
            field_dict["max_monthly_minutes"] = max_monthly_minutes
        if max_phone_numbers is not UNSET:
            field_dict["max_phone_numbers"] = max_phone_numbers
        if monthly_spend is not UNSET:
            field_dict["monthly_spend"] = monthly_spend
        if on_limit is not UNSET:
            field_dict["on_limit"] = on_limit

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)

        def _parse_alert_threshold(data: object) -> int | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(int | None | Unset, data)

        alert_threshold = _parse_alert_threshold(d.pop("alert_threshold", UNSET))

        def _parse_max_extensions(data: object) -> int | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(int | None | Unset, data)

        max_extensions = _parse_max_extensions(d.pop("max_extensions", UNSET))

        def _parse_max_monthly_minutes(data: object) -> int | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(int | None | Unset, data)

        max_monthly_minutes = _parse_max_monthly_minutes(
            d.pop("max_monthly_minutes", UNSET)
        )

        def _parse_max_phone_numbers(data: object) -> int | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(int | None | Unset, data)

        max_phone_numbers = _parse_max_phone_numbers(d.pop("max_phone_numbers", UNSET))

        def _parse_monthly_spend(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        monthly_spend = _parse_monthly_spend(d.pop("monthly_spend", UNSET))

        def _parse_on_limit(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        on_limit = _parse_on_limit(d.pop("on_limit", UNSET))

        limit_changes = cls(
            alert_threshold=alert_threshold,
            max_extensions=max_extensions,
            max_monthly_minutes=max_monthly_minutes,
            max_phone_numbers=max_phone_numbers,
            monthly_spend=monthly_spend,
            on_limit=on_limit,
        )

        return limit_changes
