from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

T = TypeVar("T", bound="TenantLimitsRow")


@_attrs_define
class TenantLimitsRow:
    """A tenant and its limits, as one row of a list."""

    alert_threshold: int
    """ Percent of a cap at which the partner is told, 1 to 100. """
    currency: str
    """ Of `monthly_spend`. """
    on_limit: str
    """ What happens at a cap: the tenant is suspended, or the partner is told only. """
    tenant_id: str
    """ The tenant. """
    tenant_name: str
    """ Its name. """
    tenant_status: str
    """ Its status. """
    version: int
    """ The version of the limits; the `ETag` that editing them goes by. """
    max_extensions: int | None | Unset = UNSET
    """ Extensions at a time. """
    max_monthly_minutes: int | None | Unset = UNSET
    """ Minutes of a billing period, inbound and outbound. """
    max_phone_numbers: int | None | Unset = UNSET
    """ Phone numbers at a time. """
    monthly_spend: None | str | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        alert_threshold = self.alert_threshold

        currency = self.currency

        on_limit = self.on_limit

        tenant_id = self.tenant_id

        tenant_name = self.tenant_name

        tenant_status = self.tenant_status

        version = self.version

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

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "alert_threshold": alert_threshold,
                "currency": currency,
                "on_limit": on_limit,
                "tenant_id": tenant_id,
                "tenant_name": tenant_name,
                "tenant_status": tenant_status,
                "version": version,
            }
        )
        if max_extensions is not UNSET:
            field_dict["max_extensions"] = max_extensions
        if max_monthly_minutes is not UNSET:
            field_dict["max_monthly_minutes"] = max_monthly_minutes
        if max_phone_numbers is not UNSET:
            field_dict["max_phone_numbers"] = max_phone_numbers
        if monthly_spend is not UNSET:
            field_dict["monthly_spend"] = monthly_spend

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)
        alert_threshold = d.pop("alert_threshold")

        currency = d.pop("currency")

        on_limit = d.pop("on_limit")

        tenant_id = d.pop("tenant_id")

        tenant_name = d.pop("tenant_name")

        tenant_status = d.pop("tenant_status")

        version = d.pop("version")

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

        tenant_limits_row = cls(
            alert_threshold=alert_threshold,
            currency=currency,
            on_limit=on_limit,
            tenant_id=tenant_id,
            tenant_name=tenant_name,
            tenant_status=tenant_status,
            version=version,
            max_extensions=max_extensions,
            max_monthly_minutes=max_monthly_minutes,
            max_phone_numbers=max_phone_numbers,
            monthly_spend=monthly_spend,
        )

        tenant_limits_row.additional_properties = d
        return tenant_limits_row

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
