from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self, TypeVar, cast

from attrs import define as _attrs_define

from ..types import UNSET, Unset

T = TypeVar("T", bound="TenantInput")


@_attrs_define
class TenantInput:
    """A customer to be."""

    billing_email: str
    """ Where its invoices go. """
    name: str
    """ Shown on invoices. """
    sip_prefix: str
    """ 3 to 12 letters and digits, for good. """
    account_code: None | str | Unset = UNSET
    """ The switch's own code for it. """
    address: None | str | Unset = UNSET
    """ Postal address, one line per row. """
    auto_pay: bool | None | Unset = UNSET
    """ Whether its default payment method is charged when an invoice is issued. """
    billing_profile_id: None | str | Unset = UNSET
    """ Its billing profile; the partner's default where this is left out. """
    default_cnam: None | str | Unset = UNSET
    """ The caller name that its calls show, at most 15 characters; the default where this is left
    out. """
    home_area_code: None | str | Unset = UNSET
    """ The area code for seven-digit dialling. """
    status: None | str | Unset = UNSET
    """ `trial` (where this is left out) or `active`: billed from now on. """
    timezone: None | str | Unset = UNSET
    """ IANA zone; the default where this is left out. """

    def to_dict(self) -> dict[str, Any]:
        billing_email = self.billing_email

        name = self.name

        sip_prefix = self.sip_prefix

        account_code: None | str | Unset
        if isinstance(self.account_code, Unset):
            account_code = UNSET
        else:
            account_code = self.account_code

        address: None | str | Unset
        if isinstance(self.address, Unset):
            address = UNSET
        else:
            address = self.address

        auto_pay: bool | None | Unset
        if isinstance(self.auto_pay, Unset):
            auto_pay = UNSET
        else:
            auto_pay = self.auto_pay

        billing_profile_id: None | str | Unset
        if isinstance(self.billing_profile_id, Unset):
            billing_profile_id = UNSET
        else:
            billing_profile_id = self.billing_profile_id

        default_cnam: None | str | Unset
        if isinstance(self.default_cnam, Unset):
            default_cnam = UNSET
        else:
            default_cnam = self.default_cnam

        home_area_code: None | str | Unset
        if isinstance(self.home_area_code, Unset):
            home_area_code = UNSET
        else:
            home_area_code = self.home_area_code

        status: None | str | Unset
        if isinstance(self.status, Unset):
            status = UNSET
        else:
            status = self.status

        timezone: None | str | Unset
        if isinstance(self.timezone, Unset):
            timezone = UNSET
        else:
            timezone = self.timezone

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "billing_email": billing_email,
                "name": name,
                "sip_prefix": sip_prefix,
            }
        )
        if account_code is not UNSET:
            field_dict["account_code"] = account_code
        if address is not UNSET:
            field_dict["address"] = address
        if auto_pay is not UNSET:
            field_dict["auto_pay"] = auto_pay
        if billing_profile_id is not UNSET:
            field_dict["billing_profile_id"] = billing_profile_id
        if default_cnam is not UNSET:
            field_dict["default_cnam"] = default_cnam
        if home_area_code is not UNSET:
            field_dict["home_area_code"] = home_area_code
        if status is not UNSET:
            field_dict["status"] = status
        if timezone is not UNSET:
            field_dict["timezone"] = timezone

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)
        billing_email = d.pop("billing_email")

        name = d.pop("name")

        sip_prefix = d.pop("sip_prefix")

        def _parse_account_code(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        account_code = _parse_account_code(d.pop("account_code", UNSET))

        def _parse_address(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        address = _parse_address(d.pop("address", UNSET))

        def _parse_auto_pay(data: object) -> bool | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(bool | None | Unset, data)

        auto_pay = _parse_auto_pay(d.pop("auto_pay", UNSET))

        def _parse_billing_profile_id(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        billing_profile_id = _parse_billing_profile_id(
            d.pop("billing_profile_id", UNSET)
        )

        def _parse_default_cnam(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        default_cnam = _parse_default_cnam(d.pop("default_cnam", UNSET))

        def _parse_home_area_code(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        home_area_code = _parse_home_area_code(d.pop("home_area_code", UNSET))

        def _parse_status(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        status = _parse_status(d.pop("status", UNSET))

        def _parse_timezone(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        timezone = _parse_timezone(d.pop("timezone", UNSET))

        tenant_input = cls(
            billing_email=billing_email,
            name=name,
            sip_prefix=sip_prefix,
            account_code=account_code,
            address=address,
            auto_pay=auto_pay,
            billing_profile_id=billing_profile_id,
            default_cnam=default_cnam,
            home_area_code=home_area_code,
            status=status,
            timezone=timezone,
        )

        return tenant_input
