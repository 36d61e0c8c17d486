from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, Self, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

T = TypeVar("T", bound="ListRefundDataItem")


@_attrs_define
class ListRefundDataItem:
    """Money that goes back to a tenant."""

    amount: str
    created_at: datetime.datetime
    currency: str
    """ What the amounts are in. """
    destination: str
    """ Where it goes: to the card or bank account that paid, to the tenant's balance, or by hand. """
    id: str
    """ Its id. """
    invoice_id: str
    """ What had been paid. """
    origin: str
    """ Who asked for it: somebody here, or somebody at the payment processor. """
    reason: str
    """ Why, as somebody wrote it. """
    status: str
    """ How it stands. Cards show a refund after 3 to 5 business days. """
    tax: str
    tenant_id: str
    """ Who gets it. """
    version: int
    """ Grows with each change. """
    credit_id: None | str | Unset = UNSET
    """ The credit that it became. """
    failure: None | str | Unset = UNSET
    """ Why it failed, or why nobody knows yet. """
    payment_id: None | str | Unset = UNSET
    """ The payment that is given back; absent where the tenant's balance had paid. """
    retry_of: None | str | Unset = UNSET
    """ The failed refund that it stands for. """
    settled_at: datetime.datetime | None | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        amount = self.amount

        created_at = self.created_at.isoformat()

        currency = self.currency

        destination = self.destination

        id = self.id

        invoice_id = self.invoice_id

        origin = self.origin

        reason = self.reason

        status = self.status

        tax = self.tax

        tenant_id = self.tenant_id

        version = self.version

        credit_id: None | str | Unset
        if isinstance(self.credit_id, Unset):
            credit_id = UNSET
        else:
            credit_id = self.credit_id

        failure: None | str | Unset
        if isinstance(self.failure, Unset):
            failure = UNSET
        else:
            failure = self.failure

        payment_id: None | str | Unset
        if isinstance(self.payment_id, Unset):
            payment_id = UNSET
        else:
            payment_id = self.payment_id

        retry_of: None | str | Unset
        if isinstance(self.retry_of, Unset):
            retry_of = UNSET
        else:
            retry_of = self.retry_of

        settled_at: None | str | Unset
        if isinstance(self.settled_at, Unset):
            settled_at = UNSET
        elif isinstance(self.settled_at, datetime.datetime):
            settled_at = self.settled_at.isoformat()
        else:
            settled_at = self.settled_at

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "amount": amount,
                "created_at": created_at,
                "currency": currency,
                "destination": destination,
                "id": id,
                "invoice_id": invoice_id,
                "origin": origin,
                "reason": reason,
                "status": status,
                "tax": tax,
                "tenant_id": tenant_id,
                "version": version,
            }
        )
        if credit_id is not UNSET:
            field_dict["credit_id"] = credit_id
        if failure is not UNSET:
            field_dict["failure"] = failure
        if payment_id is not UNSET:
            field_dict["payment_id"] = payment_id
        if retry_of is not UNSET:
            field_dict["retry_of"] = retry_of
        if settled_at is not UNSET:
            field_dict["settled_at"] = settled_at

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)
        amount = d.pop("amount")

        created_at = datetime.datetime.fromisoformat(d.pop("created_at"))

        currency = d.pop("currency")

        destination = d.pop("destination")

        id = d.pop("id")

        invoice_id = d.pop("invoice_id")

        origin = d.pop("origin")

        reason = d.pop("reason")

        status = d.pop("status")

        tax = d.pop("tax")

        tenant_id = d.pop("tenant_id")

        version = d.pop("version")

        def _parse_credit_id(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        credit_id = _parse_credit_id(d.pop("credit_id", UNSET))

        def _parse_failure(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        failure = _parse_failure(d.pop("failure", UNSET))

        def _parse_payment_id(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        payment_id = _parse_payment_id(d.pop("payment_id", UNSET))

        def _parse_retry_of(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        retry_of = _parse_retry_of(d.pop("retry_of", UNSET))

        def _parse_settled_at(data: object) -> datetime.datetime | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                settled_at_type_0 = datetime.datetime.fromisoformat(data)

                return settled_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None | Unset, data)

        settled_at = _parse_settled_at(d.pop("settled_at", UNSET))

        list_refund_data_item = cls(
            amount=amount,
            created_at=created_at,
            currency=currency,
            destination=destination,
            id=id,
            invoice_id=invoice_id,
            origin=origin,
            reason=reason,
            status=status,
            tax=tax,
            tenant_id=tenant_id,
            version=version,
            credit_id=credit_id,
            failure=failure,
            payment_id=payment_id,
            retry_of=retry_of,
            settled_at=settled_at,
        )

        list_refund_data_item.additional_properties = d
        return list_refund_data_item

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
