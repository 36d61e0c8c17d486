from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Self, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.span import Span


T = TypeVar("T", bound="ListedTenant")


@_attrs_define
class ListedTenant:
    """A tenant in a list, with what it has now."""

    address: str
    """ Postal address, one line per row. """
    auto_pay: bool
    """ Whether its default payment method is charged when an invoice is issued. """
    billing_email: str
    """ Where its invoices go. """
    billing_profile_id: str
    """ The billing profile of the open period. """
    created_at: datetime.datetime
    currency: str
    """ What it is billed in. """
    default_cnam: str
    """ The caller name that its calls show; empty for none. """
    id: str
    """ Its id. """
    name: str
    """ Shown on invoices. """
    sip_prefix: str
    """ Namespaces its SIP credentials; never changed. """
    status: str
    """ How it stands. """
    suspension_reasons: list[str]
    """ Why it has no service; empty where it has. """
    timezone: str
    """ IANA zone; its periods are cut at midnights of it. """
    version: int
    """ Grows with each change; the `ETag` of the tenant. """
    extensions: int
    """ How many extensions it has. """
    phone_numbers: int
    """ How many phone numbers it has. """
    account_code: None | str | Unset = UNSET
    """ The switch's own code for it. """
    activated_at: datetime.datetime | None | Unset = UNSET
    cancelled_at: datetime.datetime | None | Unset = UNSET
    current_period: None | Span | Unset = UNSET
    flagged_at: datetime.datetime | None | Unset = UNSET
    home_area_code: None | str | Unset = UNSET
    """ The area code for seven-digit dialling. """
    pending_billing_profile_id: None | str | Unset = UNSET
    """ The billing profile from the next period on, where another one is chosen. """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        from ..models.span import Span

        address = self.address

        auto_pay = self.auto_pay

        billing_email = self.billing_email

        billing_profile_id = self.billing_profile_id

        created_at = self.created_at.isoformat()

        currency = self.currency

        default_cnam = self.default_cnam

        id = self.id

        name = self.name

        sip_prefix = self.sip_prefix

        status = self.status

        suspension_reasons = self.suspension_reasons

        timezone = self.timezone

        version = self.version

        extensions = self.extensions

        phone_numbers = self.phone_numbers

        account_code: None | str | Unset
        if isinstance(self.account_code, Unset):
            account_code = UNSET
        else:
            account_code = self.account_code

        activated_at: None | str | Unset
        if isinstance(self.activated_at, Unset):
            activated_at = UNSET
        elif isinstance(self.activated_at, datetime.datetime):
            activated_at = self.activated_at.isoformat()
        else:
            activated_at = self.activated_at

        cancelled_at: None | str | Unset
        if isinstance(self.cancelled_at, Unset):
            cancelled_at = UNSET
        elif isinstance(self.cancelled_at, datetime.datetime):
            cancelled_at = self.cancelled_at.isoformat()
        else:
            cancelled_at = self.cancelled_at

        current_period: dict[str, Any] | None | Unset
        if isinstance(self.current_period, Unset):
            current_period = UNSET
        elif isinstance(self.current_period, Span):
            current_period = self.current_period.to_dict()
        else:
            current_period = self.current_period

        flagged_at: None | str | Unset
        if isinstance(self.flagged_at, Unset):
            flagged_at = UNSET
        elif isinstance(self.flagged_at, datetime.datetime):
            flagged_at = self.flagged_at.isoformat()
        else:
            flagged_at = self.flagged_at

        home_area_code: None | str | Unset
        if isinstance(self.home_area_code, Unset):
            home_area_code = UNSET
        else:
            home_area_code = self.home_area_code

        pending_billing_profile_id: None | str | Unset
        if isinstance(self.pending_billing_profile_id, Unset):
            pending_billing_profile_id = UNSET
        else:
            pending_billing_profile_id = self.pending_billing_profile_id

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "address": address,
                "auto_pay": auto_pay,
                "billing_email": billing_email,
                "billing_profile_id": billing_profile_id,
                "created_at": created_at,
                "currency": currency,
                "default_cnam": default_cnam,
                "id": id,
                "name": name,
                "sip_prefix": sip_prefix,
                "status": status,
                "suspension_reasons": suspension_reasons,
                "timezone": timezone,
                "version": version,
                "extensions": extensions,
                "phone_numbers": phone_numbers,
            }
        )
        if account_code is not UNSET:
            field_dict["account_code"] = account_code
        if activated_at is not UNSET:
            field_dict["activated_at"] = activated_at
        if cancelled_at is not UNSET:
            field_dict["cancelled_at"] = cancelled_at
        if current_period is not UNSET:
            field_dict["current_period"] = current_period
        if flagged_at is not UNSET:
            field_dict["flagged_at"] = flagged_at
        if home_area_code is not UNSET:
            field_dict["home_area_code"] = home_area_code
        if pending_billing_profile_id is not UNSET:
            field_dict["pending_billing_profile_id"] = pending_billing_profile_id

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        from ..models.span import Span

        d = dict(src_dict)
        address = d.pop("address")

        auto_pay = d.pop("auto_pay")

        billing_email = d.pop("billing_email")

        billing_profile_id = d.pop("billing_profile_id")

        created_at = datetime.datetime.fromisoformat(d.pop("created_at"))

        currency = d.pop("currency")

        default_cnam = d.pop("default_cnam")

        id = d.pop("id")

        name = d.pop("name")

        sip_prefix = d.pop("sip_prefix")

        status = d.pop("status")

        suspension_reasons = cast(list[str], d.pop("suspension_reasons"))

        timezone = d.pop("timezone")

        version = d.pop("version")

        extensions = d.pop("extensions")

        phone_numbers = d.pop("phone_numbers")

        def _parse_account_code(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        account_code = _parse_account_code(d.pop("account_code", UNSET))

        def _parse_activated_at(data: object) -> datetime.datetime | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                activated_at_type_0 = datetime.datetime.fromisoformat(data)

                return activated_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None | Unset, data)

        activated_at = _parse_activated_at(d.pop("activated_at", UNSET))

        def _parse_cancelled_at(data: object) -> datetime.datetime | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                cancelled_at_type_0 = datetime.datetime.fromisoformat(data)

                return cancelled_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None | Unset, data)

        cancelled_at = _parse_cancelled_at(d.pop("cancelled_at", UNSET))

        def _parse_current_period(data: object) -> None | Span | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                current_period_type_0 = Span.from_dict(data)

                return current_period_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | Span | Unset, data)

        current_period = _parse_current_period(d.pop("current_period", UNSET))

        def _parse_flagged_at(data: object) -> datetime.datetime | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                flagged_at_type_0 = datetime.datetime.fromisoformat(data)

                return flagged_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None | Unset, data)

        flagged_at = _parse_flagged_at(d.pop("flagged_at", UNSET))

        def _parse_home_area_code(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        home_area_code = _parse_home_area_code(d.pop("home_area_code", UNSET))

        def _parse_pending_billing_profile_id(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        pending_billing_profile_id = _parse_pending_billing_profile_id(
            d.pop("pending_billing_profile_id", UNSET)
        )

        listed_tenant = cls(
            address=address,
            auto_pay=auto_pay,
            billing_email=billing_email,
            billing_profile_id=billing_profile_id,
            created_at=created_at,
            currency=currency,
            default_cnam=default_cnam,
            id=id,
            name=name,
            sip_prefix=sip_prefix,
            status=status,
            suspension_reasons=suspension_reasons,
            timezone=timezone,
            version=version,
            extensions=extensions,
            phone_numbers=phone_numbers,
            account_code=account_code,
            activated_at=activated_at,
            cancelled_at=cancelled_at,
            current_period=current_period,
            flagged_at=flagged_at,
            home_area_code=home_area_code,
            pending_billing_profile_id=pending_billing_profile_id,
        )

        listed_tenant.additional_properties = d
        return listed_tenant

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
