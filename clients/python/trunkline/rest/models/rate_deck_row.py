from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, Self, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

T = TypeVar("T", bound="RateDeckRow")


@_attrs_define
class RateDeckRow:
    """A row of a rate deck."""

    connection_fee: str
    decimals: int
    """ Decimals that are kept, -6 to 9. """
    free_below_seconds: int
    """ Shorter calls cost nothing. """
    free_seconds: int
    """ The first seconds of a call that are not charged. """
    minimum_seconds: int
    """ Seconds billed at least. """
    name: str
    """ What people call the destination. """
    prefix: str
    """ Which numbers it is for: the first digits of E.164, without a plus sign. """
    rounding: str
    """ `exact`, `half_up`, `up` or `down`. """
    effective_from: datetime.datetime | None | Unset = UNSET
    effective_until: datetime.datetime | None | Unset = UNSET
    increment_seconds: int | None | Unset = UNSET
    """ Seconds of each further increment; null where there are steps. """
    max_price: None | str | Unset = UNSET
    rate_per_minute: None | str | Unset = UNSET
    steps: None | str | Unset = UNSET
    """ Prices by the second reached, such as `0:30@0.05/60;30:6@0.05/60`. """
    window: None | str | Unset = UNSET
    """ The hours of the week in which it applies. """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        connection_fee = self.connection_fee

        decimals = self.decimals

        free_below_seconds = self.free_below_seconds

        free_seconds = self.free_seconds

        minimum_seconds = self.minimum_seconds

        name = self.name

        prefix = self.prefix

        rounding = self.rounding

        effective_from: None | str | Unset
        if isinstance(self.effective_from, Unset):
            effective_from = UNSET
        elif isinstance(self.effective_from, datetime.datetime):
            effective_from = self.effective_from.isoformat()
        else:
            effective_from = self.effective_from

        effective_until: None | str | Unset
        if isinstance(self.effective_until, Unset):
            effective_until = UNSET
        elif isinstance(self.effective_until, datetime.datetime):
            effective_until = self.effective_until.isoformat()
        else:
            effective_until = self.effective_until

        increment_seconds: int | None | Unset
        if isinstance(self.increment_seconds, Unset):
            increment_seconds = UNSET
        else:
            increment_seconds = self.increment_seconds

        max_price: None | str | Unset
        if isinstance(self.max_price, Unset):
            max_price = UNSET
        else:
            max_price = self.max_price

        rate_per_minute: None | str | Unset
        if isinstance(self.rate_per_minute, Unset):
            rate_per_minute = UNSET
        else:
            rate_per_minute = self.rate_per_minute

        steps: None | str | Unset
        if isinstance(self.steps, Unset):
            steps = UNSET
        else:
            steps = self.steps

        window: None | str | Unset
        if isinstance(self.window, Unset):
            window = UNSET
        else:
            window = self.window

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "connection_fee": connection_fee,
                "decimals": decimals,
                "free_below_seconds": free_below_seconds,
                "free_seconds": free_seconds,
                "minimum_seconds": minimum_seconds,
                "name": name,
                "prefix": prefix,
                "rounding": rounding,
            }
        )
        if effective_from is not UNSET:
            field_dict["effective_from"] = effective_from
        if effective_until is not UNSET:
            field_dict["effective_until"] = effective_until
        if increment_seconds is not UNSET:
            field_dict["increment_seconds"] = increment_seconds
        if max_price is not UNSET:
            field_dict["max_price"] = max_price
        if rate_per_minute is not UNSET:
            field_dict["rate_per_minute"] = rate_per_minute
        if steps is not UNSET:
            field_dict["steps"] = steps
        if window is not UNSET:
            field_dict["window"] = window

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)
        connection_fee = d.pop("connection_fee")

        decimals = d.pop("decimals")

        free_below_seconds = d.pop("free_below_seconds")

        free_seconds = d.pop("free_seconds")

        minimum_seconds = d.pop("minimum_seconds")

        name = d.pop("name")

        prefix = d.pop("prefix")

        rounding = d.pop("rounding")

        def _parse_effective_from(data: object) -> datetime.datetime | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                effective_from_type_0 = datetime.datetime.fromisoformat(data)

                return effective_from_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None | Unset, data)

        effective_from = _parse_effective_from(d.pop("effective_from", UNSET))

        def _parse_effective_until(data: object) -> datetime.datetime | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                effective_until_type_0 = datetime.datetime.fromisoformat(data)

                return effective_until_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None | Unset, data)

        effective_until = _parse_effective_until(d.pop("effective_until", UNSET))

        def _parse_increment_seconds(data: object) -> int | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(int | None | Unset, data)

        increment_seconds = _parse_increment_seconds(d.pop("increment_seconds", UNSET))

        def _parse_max_price(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        max_price = _parse_max_price(d.pop("max_price", UNSET))

        def _parse_rate_per_minute(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        rate_per_minute = _parse_rate_per_minute(d.pop("rate_per_minute", UNSET))

        def _parse_steps(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        steps = _parse_steps(d.pop("steps", UNSET))

        def _parse_window(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        window = _parse_window(d.pop("window", UNSET))

        rate_deck_row = cls(
            connection_fee=connection_fee,
            decimals=decimals,
            free_below_seconds=free_below_seconds,
            free_seconds=free_seconds,
            minimum_seconds=minimum_seconds,
            name=name,
            prefix=prefix,
            rounding=rounding,
            effective_from=effective_from,
            effective_until=effective_until,
            increment_seconds=increment_seconds,
            max_price=max_price,
            rate_per_minute=rate_per_minute,
            steps=steps,
            window=window,
        )

        rate_deck_row.additional_properties = d
        return rate_deck_row

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
