from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, Self, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

T = TypeVar("T", bound="CheckoutSession")


@_attrs_define
class CheckoutSession:
    """A page on which one invoice can be paid, for a time."""

    created_at: datetime.datetime
    currency: str
    """ What the amount is in. """
    expires_at: datetime.datetime
    id: str
    """ Its id. """
    invoice_id: str
    """ What is paid. """
    status: str
    """ How it stands. """
    tenant_id: str
    """ Whose invoice it is. """
    amount: None | str | Unset = UNSET
    completed_at: datetime.datetime | None | Unset = UNSET
    payment_id: None | str | Unset = UNSET
    """ The payment that completed it. """
    success_url: None | str | Unset = UNSET
    """ Where the payer goes afterwards. """
    url: None | str | Unset = UNSET
    """ Where to send the payer, while it is open. Whoever has it can see and pay the invoice. """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        created_at = self.created_at.isoformat()

        currency = self.currency

        expires_at = self.expires_at.isoformat()

        id = self.id

        invoice_id = self.invoice_id

        status = self.status

        tenant_id = self.tenant_id

        amount: None | str | Unset
        if isinstance(self.amount, Unset):
            amount = UNSET
        else:
            amount = self.amount

        completed_at: None | str | Unset
        if isinstance(self.completed_at, Unset):
            completed_at = UNSET
        elif isinstance(self.completed_at, datetime.datetime):
            completed_at = self.completed_at.isoformat()
        else:
            completed_at = self.completed_at

        payment_id: None | str | Unset
        if isinstance(self.payment_id, Unset):
            payment_id = UNSET
        else:
            payment_id = self.payment_id

        success_url: None | str | Unset
        if isinstance(self.success_url, Unset):
            success_url = UNSET
        else:
            success_url = self.success_url

        url: None | str | Unset
        if isinstance(self.url, Unset):
            url = UNSET
        else:
            url = self.url

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "created_at": created_at,
                "currency": currency,
                "expires_at": expires_at,
                "id": id,
                "invoice_id": invoice_id,
                "status": status,
                "tenant_id": tenant_id,
            }
        )
        if amount is not UNSET:
            field_dict["amount"] = amount
        if completed_at is not UNSET:
            field_dict["completed_at"] = completed_at
        if payment_id is not UNSET:
            field_dict["payment_id"] = payment_id
        if success_url is not UNSET:
            field_dict["success_url"] = success_url
        if url is not UNSET:
            field_dict["url"] = url

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)
        created_at = datetime.datetime.fromisoformat(d.pop("created_at"))

        currency = d.pop("currency")

        expires_at = datetime.datetime.fromisoformat(d.pop("expires_at"))

        id = d.pop("id")

        invoice_id = d.pop("invoice_id")

        status = d.pop("status")

        tenant_id = d.pop("tenant_id")

        def _parse_amount(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        amount = _parse_amount(d.pop("amount", UNSET))

        def _parse_completed_at(data: object) -> datetime.datetime | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                completed_at_type_0 = datetime.datetime.fromisoformat(data)

                return completed_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None | Unset, data)

        completed_at = _parse_completed_at(d.pop("completed_at", UNSET))

        def _parse_payment_id(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        payment_id = _parse_payment_id(d.pop("payment_id", UNSET))

        def _parse_success_url(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        success_url = _parse_success_url(d.pop("success_url", UNSET))

        def _parse_url(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        url = _parse_url(d.pop("url", UNSET))

        checkout_session = cls(
            created_at=created_at,
            currency=currency,
            expires_at=expires_at,
            id=id,
            invoice_id=invoice_id,
            status=status,
            tenant_id=tenant_id,
            amount=amount,
            completed_at=completed_at,
            payment_id=payment_id,
            success_url=success_url,
            url=url,
        )

        checkout_session.additional_properties = d
        return checkout_session

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
