from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="UsageSummary")


@_attrs_define
class UsageSummary:
    """What all tenants used in a calendar month so far; no invoice (INV-29)."""

    extensions: int
    """ Extensions, used or not. """
    local_phone_numbers: int
    """ Standard numbers. """
    phone_numbers: int
    """ Phone numbers, both kinds together. """
    toll_free_phone_numbers: int
    """ Toll-free numbers. """
    amount: str
    calls: int
    """ Calls. """
    cost: str
    cost_currency: str
    """ Of `cost`. """
    currency: str
    """ Of `amount`. """
    minutes: str
    month: str
    """ The month. """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        extensions = self.extensions

        local_phone_numbers = self.local_phone_numbers

        phone_numbers = self.phone_numbers

        toll_free_phone_numbers = self.toll_free_phone_numbers

        amount = self.amount

        calls = self.calls

        cost = self.cost

        cost_currency = self.cost_currency

        currency = self.currency

        minutes = self.minutes

        month = self.month

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "extensions": extensions,
                "local_phone_numbers": local_phone_numbers,
                "phone_numbers": phone_numbers,
                "toll_free_phone_numbers": toll_free_phone_numbers,
                "amount": amount,
                "calls": calls,
                "cost": cost,
                "cost_currency": cost_currency,
                "currency": currency,
                "minutes": minutes,
                "month": month,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)
        extensions = d.pop("extensions")

        local_phone_numbers = d.pop("local_phone_numbers")

        phone_numbers = d.pop("phone_numbers")

        toll_free_phone_numbers = d.pop("toll_free_phone_numbers")

        amount = d.pop("amount")

        calls = d.pop("calls")

        cost = d.pop("cost")

        cost_currency = d.pop("cost_currency")

        currency = d.pop("currency")

        minutes = d.pop("minutes")

        month = d.pop("month")

        usage_summary = cls(
            extensions=extensions,
            local_phone_numbers=local_phone_numbers,
            phone_numbers=phone_numbers,
            toll_free_phone_numbers=toll_free_phone_numbers,
            amount=amount,
            calls=calls,
            cost=cost,
            cost_currency=cost_currency,
            currency=currency,
            minutes=minutes,
            month=month,
        )

        usage_summary.additional_properties = d
        return usage_summary

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
