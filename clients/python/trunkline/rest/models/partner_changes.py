from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self, TypeVar, cast

from attrs import define as _attrs_define

from ..types import UNSET, Unset

T = TypeVar("T", bound="PartnerChanges")


@_attrs_define
class PartnerChanges:
    """What changes of the partner. What is left out stays."""

    address: None | str | Unset = UNSET
    """ Postal address, one line per row. """
    billing_email: None | str | Unset = UNSET
    """ Where the operator's mails about money go. """
    brand_color: None | str | Unset = UNSET
    """ `#rrggbb`. """
    brand_name: None | str | Unset = UNSET
    """ Name on pages, mails and PDFs; empty for the company name. """
    company_name: None | str | Unset = UNSET
    """ Legal name. """
    default_billing_profile_id: None | str | Unset = UNSET
    """ The billing profile of tenants that are created without a choice. """
    locale: None | str | Unset = UNSET
    """ A language tag, for dates and money. """
    payment_terms_days: int | None | Unset = UNSET
    """ Days from issue to due, at most 365. """
    statement_descriptor: None | str | Unset = UNSET
    """ What stands on a card statement: empty, or 5 to 22 characters. """
    support_email: None | str | Unset = UNSET
    """ Where tenants ask; may be empty. """
    usage_alerts: bool | None | Unset = UNSET
    """ Whether the billing address is mailed when a tenant nears or reaches a usage cap. """
    website: None | str | Unset = UNSET
    """ Shown on invoices. """

    def to_dict(self) -> dict[str, Any]:
        address: None | str | Unset
        if isinstance(self.address, Unset):
            address = UNSET
        else:
            address = self.address

        billing_email: None | str | Unset
        if isinstance(self.billing_email, Unset):
            billing_email = UNSET
        else:
            billing_email = self.billing_email

        brand_color: None | str | Unset
        if isinstance(self.brand_color, Unset):
            brand_color = UNSET
        else:
            brand_color = self.brand_color

        brand_name: None | str | Unset
        if isinstance(self.brand_name, Unset):
            brand_name = UNSET
        else:
            brand_name = self.brand_name

        company_name: None | str | Unset
        if isinstance(self.company_name, Unset):
            company_name = UNSET
        else:
            company_name = self.company_name

        default_billing_profile_id: None | str | Unset
        if isinstance(self.default_billing_profile_id, Unset):
            default_billing_profile_id = UNSET
        else:
            default_billing_profile_id = self.default_billing_profile_id

        locale: None | str | Unset
        if isinstance(self.locale, Unset):
            locale = UNSET
        else:
            locale = self.locale

        payment_terms_days: int | None | Unset
        if isinstance(self.payment_terms_days, Unset):
            payment_terms_days = UNSET
        else:
            payment_terms_days = self.payment_terms_days

        statement_descriptor: None | str | Unset
        if isinstance(self.statement_descriptor, Unset):
            statement_descriptor = UNSET
        else:
            statement_descriptor = self.statement_descriptor

        support_email: None | str | Unset
        if isinstance(self.support_email, Unset):
            support_email = UNSET
        else:
            support_email = self.support_email

        usage_alerts: bool | None | Unset
        if isinstance(self.usage_alerts, Unset):
            usage_alerts = UNSET
        else:
            usage_alerts = self.usage_alerts

        website: None | str | Unset
        if isinstance(self.website, Unset):
            website = UNSET
        else:
            website = self.website

        field_dict: dict[str, Any] = {}

        field_dict.update({})
        if address is not UNSET:
            field_dict["address"] = address
        if billing_email is not UNSET:
            field_dict["billing_email"] = billing_email
        if brand_color is not UNSET:
            field_dict["brand_color"] = brand_color
        if brand_name is not UNSET:
            field_dict["brand_name"] = brand_name
        if company_name is not UNSET:
            field_dict["company_name"] = company_name
        if default_billing_profile_id is not UNSET:
            field_dict["default_billing_profile_id"] = default_billing_profile_id
        if locale is not UNSET:
            field_dict["locale"] = locale
        if payment_terms_days is not UNSET:
            field_dict["payment_terms_days"] = payment_terms_days
        if statement_descriptor is not UNSET:
            field_dict["statement_descriptor"] = statement_descriptor
        if support_email is not UNSET:
            field_dict["support_email"] = support_email
        if usage_alerts is not UNSET:
            field_dict["usage_alerts"] = usage_alerts
        if website is not UNSET:
            field_dict["website"] = website

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)

        def _parse_address(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        address = _parse_address(d.pop("address", UNSET))

        def _parse_billing_email(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        billing_email = _parse_billing_email(d.pop("billing_email", UNSET))

        def _parse_brand_color(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        brand_color = _parse_brand_color(d.pop("brand_color", UNSET))

        def _parse_brand_name(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        brand_name = _parse_brand_name(d.pop("brand_name", UNSET))

        def _parse_company_name(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        company_name = _parse_company_name(d.pop("company_name", UNSET))

        def _parse_default_billing_profile_id(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        default_billing_profile_id = _parse_default_billing_profile_id(
            d.pop("default_billing_profile_id", UNSET)
        )

        def _parse_locale(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        locale = _parse_locale(d.pop("locale", UNSET))

        def _parse_payment_terms_days(data: object) -> int | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(int | None | Unset, data)

        payment_terms_days = _parse_payment_terms_days(
            d.pop("payment_terms_days", UNSET)
        )

        def _parse_statement_descriptor(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        statement_descriptor = _parse_statement_descriptor(
            d.pop("statement_descriptor", UNSET)
        )

        def _parse_support_email(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        support_email = _parse_support_email(d.pop("support_email", UNSET))

        def _parse_usage_alerts(data: object) -> bool | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(bool | None | Unset, data)

        usage_alerts = _parse_usage_alerts(d.pop("usage_alerts", UNSET))

        def _parse_website(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        website = _parse_website(d.pop("website", UNSET))

        partner_changes = cls(
            address=address,
            billing_email=billing_email,
            brand_color=brand_color,
            brand_name=brand_name,
            company_name=company_name,
            default_billing_profile_id=default_billing_profile_id,
            locale=locale,
            payment_terms_days=payment_terms_days,
            statement_descriptor=statement_descriptor,
            support_email=support_email,
            usage_alerts=usage_alerts,
            website=website,
        )

        return partner_changes
