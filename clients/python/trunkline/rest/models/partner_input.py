from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self, TypeVar, cast

from attrs import define as _attrs_define

from ..types import UNSET, Unset

T = TypeVar("T", bound="PartnerInput")


@_attrs_define
class PartnerInput:
    """A reseller to be."""

    billing_email: str
    """ Where the operator's mails about money go, and where tenants ask at first. """
    company_name: str
    """ Legal name. """
    slug: str
    """ Short name in host names, for good: 2 to 40 of a-z, 0-9 and dashes. """
    currency: None | str | Unset = UNSET
    """ ISO 4217; the operator's where this is left out. """
    locale: None | str | Unset = UNSET
    """ A language tag; `en-US` where this is left out. """
    status: None | str | Unset = UNSET
    """ `trial` (where this is left out) or `active`. """
    tier: None | str | Unset = UNSET
    """ `starter` (where this is left out), `professional` or `business`. """
    timezone: None | str | Unset = UNSET
    """ IANA zone; UTC where this is left out. """

    def to_dict(self) -> dict[str, Any]:
        billing_email = self.billing_email

        company_name = self.company_name

        slug = self.slug

        currency: None | str | Unset
        if isinstance(self.currency, Unset):
            currency = UNSET
        else:
            currency = self.currency

        locale: None | str | Unset
        if isinstance(self.locale, Unset):
            locale = UNSET
        else:
            locale = self.locale

        status: None | str | Unset
        if isinstance(self.status, Unset):
            status = UNSET
        else:
            status = self.status

        tier: None | str | Unset
        if isinstance(self.tier, Unset):
            tier = UNSET
        else:
            tier = self.tier

        timezone: None | str | Unset
        if isinstance(self.timezone, Unset):
            timezone = UNSET
        else:
            timezone = self.timezone

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "billing_email": billing_email,
                "company_name": company_name,
                "slug": slug,
            }
        )
        if currency is not UNSET:
            field_dict["currency"] = currency
        if locale is not UNSET:
            field_dict["locale"] = locale
        if status is not UNSET:
            field_dict["status"] = status
        if tier is not UNSET:
            field_dict["tier"] = tier
        if timezone is not UNSET:
            field_dict["timezone"] = timezone

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)
        billing_email = d.pop("billing_email")

        company_name = d.pop("company_name")

        slug = d.pop("slug")

        def _parse_currency(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        currency = _parse_currency(d.pop("currency", UNSET))

        def _parse_locale(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        locale = _parse_locale(d.pop("locale", UNSET))

        def _parse_status(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        status = _parse_status(d.pop("status", UNSET))

        def _parse_tier(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        tier = _parse_tier(d.pop("tier", UNSET))

        def _parse_timezone(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        timezone = _parse_timezone(d.pop("timezone", UNSET))

        partner_input = cls(
            billing_email=billing_email,
            company_name=company_name,
            slug=slug,
            currency=currency,
            locale=locale,
            status=status,
            tier=tier,
            timezone=timezone,
        )

        return partner_input
