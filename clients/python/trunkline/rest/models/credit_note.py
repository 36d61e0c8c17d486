from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, Self, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

T = TypeVar("T", bound="CreditNote")


@_attrs_define
class CreditNote:
    """A credit note: what takes back an issued invoice, or a part of it."""

    amount: str
    currency: str
    """ What its amounts are in. """
    id: str
    """ Its id. """
    invoice_id: str
    """ The invoice that it takes back, or a part of. """
    issue_date: datetime.date
    """ The date of issue. """
    issued_at: datetime.datetime
    number: str
    """ Its number. """
    reason: str
    """ Why. """
    status: str
    """ `cancelled` where its refund failed after all; its number stays used. """
    tax: str
    tenant_id: str
    """ Whom it credits. """
    cancelled_at: datetime.datetime | None | Unset = UNSET
    credit_id: None | str | Unset = UNSET
    """ The credit that it is for, or that the refund became. """
    refund_id: None | str | Unset = UNSET
    """ The refund that it is for. """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        amount = self.amount

        currency = self.currency

        id = self.id

        invoice_id = self.invoice_id

        issue_date = self.issue_date.isoformat()

        issued_at = self.issued_at.isoformat()

        number = self.number

        reason = self.reason

        status = self.status

        tax = self.tax

        tenant_id = self.tenant_id

        cancelled_at: None | str | Unset
        if isinstance(self.cancelled_at, Unset):
            cancelled_at = UNSET
        elif isinstance(self.cancelled_at, datetime.datetime):
            cancelled_at = self.cancelled_at.isoformat()
        else:
            cancelled_at = self.cancelled_at

        credit_id: None | str | Unset
        if isinstance(self.credit_id, Unset):
            credit_id = UNSET
        else:
            credit_id = self.credit_id

        refund_id: None | str | Unset
        if isinstance(self.refund_id, Unset):
            refund_id = UNSET
        else:
            refund_id = self.refund_id

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "amount": amount,
                "currency": currency,
                "id": id,
                "invoice_id": invoice_id,
                "issue_date": issue_date,
                "issued_at": issued_at,
                "number": number,
                "reason": reason,
                "status": status,
                "tax": tax,
                "tenant_id": tenant_id,
            }
        )
        if cancelled_at is not UNSET:
            field_dict["cancelled_at"] = cancelled_at
        if credit_id is not UNSET:
            field_dict["credit_id"] = credit_id
        if refund_id is not UNSET:
            field_dict["refund_id"] = refund_id

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)
        amount = d.pop("amount")

        currency = d.pop("currency")

        id = d.pop("id")

        invoice_id = d.pop("invoice_id")

        issue_date = datetime.date.fromisoformat(d.pop("issue_date"))

        issued_at = datetime.datetime.fromisoformat(d.pop("issued_at"))

        number = d.pop("number")

        reason = d.pop("reason")

        status = d.pop("status")

        tax = d.pop("tax")

        tenant_id = d.pop("tenant_id")

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

        def _parse_credit_id(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        credit_id = _parse_credit_id(d.pop("credit_id", UNSET))

        def _parse_refund_id(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        refund_id = _parse_refund_id(d.pop("refund_id", UNSET))

        credit_note = cls(
            amount=amount,
            currency=currency,
            id=id,
            invoice_id=invoice_id,
            issue_date=issue_date,
            issued_at=issued_at,
            number=number,
            reason=reason,
            status=status,
            tax=tax,
            tenant_id=tenant_id,
            cancelled_at=cancelled_at,
            credit_id=credit_id,
            refund_id=refund_id,
        )

        credit_note.additional_properties = d
        return credit_note

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
