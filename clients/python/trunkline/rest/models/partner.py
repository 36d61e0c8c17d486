from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, Self, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="Partner")


@_attrs_define
class Partner:
    """A reseller of the platform."""

    address: str
    """ Postal address, one line per row. """
    billing_email: str
    """ Where the operator's mails about money go. """
    brand_color: str
    """ `#rrggbb`. """
    brand_name: str
    """ Name on pages, mails and PDFs; empty where it is the company name. """
    company_name: str
    """ Legal name. """
    created_at: datetime.datetime
    currency: str
    """ ISO 4217. """
    default_billing_profile_id: str
    """ The billing profile of tenants that are created without a choice. """
    id: str
    """ Its id. """
    increment_seconds: int
    """ Seconds of each further step. """
    locale: str
    """ For dates and money. """
    minimum_seconds: int
    """ Seconds billed at least for a call that no deck prices. """
    payment_terms_days: int
    """ Days from issue to due. """
    slug: str
    """ Short name in host names; never changed. """
    statement_descriptor: str
    """ What stands on a card statement. """
    status: str
    """ How it stands with the operator. """
    support_email: str
    """ Where tenants ask. """
    timezone: str
    """ IANA zone. """
    usage_alerts: bool
    """ Whether the billing address is mailed when a tenant nears or reaches a usage cap. Tenants
    are suspended at their caps all the same. """
    version: int
    """ Grows with each change; the `ETag` of the partner. """
    website: str
    """ Shown on invoices. """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        address = self.address

        billing_email = self.billing_email

        brand_color = self.brand_color

        brand_name = self.brand_name

        company_name = self.company_name

        created_at = self.created_at.isoformat()

        currency = self.currency

        default_billing_profile_id = self.default_billing_profile_id

        id = self.id

        increment_seconds = self.increment_seconds

        locale = self.locale

        minimum_seconds = self.minimum_seconds

        payment_terms_days = self.payment_terms_days

        slug = self.slug

        statement_descriptor = self.statement_descriptor

        status = self.status

        support_email = self.support_email

        timezone = self.timezone

        usage_alerts = self.usage_alerts

        version = self.version

        website = self.website

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "address": address,
                "billing_email": billing_email,
                "brand_color": brand_color,
                "brand_name": brand_name,
                "company_name": company_name,
                "created_at": created_at,
                "currency": currency,
                "default_billing_profile_id": default_billing_profile_id,
                "id": id,
                "increment_seconds": increment_seconds,
                "locale": locale,
                "minimum_seconds": minimum_seconds,
                "payment_terms_days": payment_terms_days,
                "slug": slug,
                "statement_descriptor": statement_descriptor,
                "status": status,
                "support_email": support_email,
                "timezone": timezone,
                "usage_alerts": usage_alerts,
                "version": version,
                "website": website,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)
        address = d.pop("address")

        billing_email = d.pop("billing_email")

        brand_color = d.pop("brand_color")

        brand_name = d.pop("brand_name")

        company_name = d.pop("company_name")

        created_at = datetime.datetime.fromisoformat(d.pop("created_at"))

        currency = d.pop("currency")

        default_billing_profile_id = d.pop("default_billing_profile_id")

        id = d.pop("id")

        increment_seconds = d.pop("increment_seconds")

        locale = d.pop("locale")

        minimum_seconds = d.pop("minimum_seconds")

        payment_terms_days = d.pop("payment_terms_days")

        slug = d.pop("slug")

        statement_descriptor = d.pop("statement_descriptor")

        status = d.pop("status")

        support_email = d.pop("support_email")

        timezone = d.pop("timezone")

        usage_alerts = d.pop("usage_alerts")

        version = d.pop("version")

        website = d.pop("website")

        partner = cls(
            address=address,
            billing_email=billing_email,
            brand_color=brand_color,
            brand_name=brand_name,
            company_name=company_name,
            created_at=created_at,
            currency=currency,
            default_billing_profile_id=default_billing_profile_id,
            id=id,
            increment_seconds=increment_seconds,
            locale=locale,
            minimum_seconds=minimum_seconds,
            payment_terms_days=payment_terms_days,
            slug=slug,
            statement_descriptor=statement_descriptor,
            status=status,
            support_email=support_email,
            timezone=timezone,
            usage_alerts=usage_alerts,
            version=version,
            website=website,
        )

        partner.additional_properties = d
        return partner

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
