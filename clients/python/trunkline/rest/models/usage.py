from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="Usage")


@_attrs_define
class Usage:
    """Rated calls, summed up. Seconds are billed ones, after increments."""

    amount: str
    billed_seconds: int
    """ Billed seconds. """
    calls: int
    """ Calls. """
    currency: str
    """ Of `amount`. """
    inbound_seconds: int
    """ Of these, inbound billed seconds. """
    local_seconds: int
    """ Billed seconds of local calls. """
    minutes: str
    outbound_seconds: int
    """ Outbound billed seconds. """
    talk_seconds: int
    """ Talk time. """
    toll_free_seconds: int
    """ Billed seconds of toll-free calls. """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        amount = self.amount

        billed_seconds = self.billed_seconds

        calls = self.calls

        currency = self.currency

        inbound_seconds = self.inbound_seconds

        local_seconds = self.local_seconds

        minutes = self.minutes

        outbound_seconds = self.outbound_seconds

        talk_seconds = self.talk_seconds

        toll_free_seconds = self.toll_free_seconds

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "amount": amount,
                "billed_seconds": billed_seconds,
                "calls": calls,
                "currency": currency,
                "inbound_seconds": inbound_seconds,
                "local_seconds": local_seconds,
                "minutes": minutes,
                "outbound_seconds": outbound_seconds,
                "talk_seconds": talk_seconds,
                "toll_free_seconds": toll_free_seconds,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)
        amount = d.pop("amount")

        billed_seconds = d.pop("billed_seconds")

        calls = d.pop("calls")

        currency = d.pop("currency")

        inbound_seconds = d.pop("inbound_seconds")

        local_seconds = d.pop("local_seconds")

        minutes = d.pop("minutes")

        outbound_seconds = d.pop("outbound_seconds")

        talk_seconds = d.pop("talk_seconds")

        toll_free_seconds = d.pop("toll_free_seconds")

        usage = cls(
            amount=amount,
            billed_seconds=billed_seconds,
            calls=calls,
            currency=currency,
            inbound_seconds=inbound_seconds,
            local_seconds=local_seconds,
            minutes=minutes,
            outbound_seconds=outbound_seconds,
            talk_seconds=talk_seconds,
            toll_free_seconds=toll_free_seconds,
        )

        usage.additional_properties = d
        return usage

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
