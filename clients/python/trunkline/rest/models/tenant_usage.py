from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Self, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.span import Span
    from ..models.usage import Usage


T = TypeVar("T", bound="TenantUsage")


@_attrs_define
class TenantUsage:
    """What a tenant used in its current billing period so far."""

    extensions: int
    """ Extensions, used or not. """
    local_phone_numbers: int
    """ Standard numbers. """
    phone_numbers: int
    """ Phone numbers, both kinds together. """
    toll_free_phone_numbers: int
    """ Toll-free numbers. """
    currency: str
    """ Of `spend`. """
    period: Span
    """ A half-open span of time. """
    spend: str
    usage: Usage
    """ Rated calls, summed up. Seconds are billed ones, after increments. """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        extensions = self.extensions

        local_phone_numbers = self.local_phone_numbers

        phone_numbers = self.phone_numbers

        toll_free_phone_numbers = self.toll_free_phone_numbers

        currency = self.currency

        period = self.period.to_dict()

        spend = self.spend

        usage = self.usage.to_dict()

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "extensions": extensions,
                "local_phone_numbers": local_phone_numbers,
                "phone_numbers": phone_numbers,
                "toll_free_phone_numbers": toll_free_phone_numbers,
                "currency": currency,
                "period": period,
                "spend": spend,
                "usage": usage,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        from ..models.span import Span
        from ..models.usage import Usage

        d = dict(src_dict)
        extensions = d.pop("extensions")

        local_phone_numbers = d.pop("local_phone_numbers")

        phone_numbers = d.pop("phone_numbers")

        toll_free_phone_numbers = d.pop("toll_free_phone_numbers")

        currency = d.pop("currency")

        period = Span.from_dict(d.pop("period"))

        spend = d.pop("spend")

        usage = Usage.from_dict(d.pop("usage"))

        tenant_usage = cls(
            extensions=extensions,
            local_phone_numbers=local_phone_numbers,
            phone_numbers=phone_numbers,
            toll_free_phone_numbers=toll_free_phone_numbers,
            currency=currency,
            period=period,
            spend=spend,
            usage=usage,
        )

        tenant_usage.additional_properties = d
        return tenant_usage

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
