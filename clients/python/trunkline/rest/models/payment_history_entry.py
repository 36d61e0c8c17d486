from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, Self, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

T = TypeVar("T", bound="PaymentHistoryEntry")


@_attrs_define
class PaymentHistoryEntry:
    """A payment or a refund of the history."""

    amount: str
    created_at: datetime.datetime
    currency: str
    """ What the amount is in. """
    id: str
    """ The id of the payment or refund. """
    invoice_id: str
    """ What was paid. """
    kind: str
    """ `payment` or `refund`. """
    method: str
    """ How: the payment's method, or where the refund went. """
    status: str
    """ How it stands; of a refund `pending`, `refunded` or `failed`. """
    tenant_id: str
    """ Whose. """
    invoice_number: None | str | Unset = UNSET
    """ The invoice's number. """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        amount = self.amount

        created_at = self.created_at.isoformat()

        currency = self.currency

        id = self.id

        invoice_id = self.invoice_id

        kind = self.kind

        method = self.method

        status = self.status

        tenant_id = self.tenant_id

        invoice_number: None | str | Unset
        if isinstance(self.invoice_number, Unset):
            invoice_number = UNSET
        else:
            invoice_number = self.invoice_number

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "amount": amount,
                "created_at": created_at,
                "currency": currency,
                "id": id,
                "invoice_id": invoice_id,
                "kind": kind,
                "method": method,
                "status": status,
                "tenant_id": tenant_id,
            }
        )
        if invoice_number is not UNSET:
            field_dict["invoice_number"] = invoice_number

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)
        amount = d.pop("amount")

        created_at = datetime.datetime.fromisoformat(d.pop("created_at"))

        currency = d.pop("currency")

        id = d.pop("id")

        invoice_id = d.pop("invoice_id")

        kind = d.pop("kind")

        method = d.pop("method")

        status = d.pop("status")

        tenant_id = d.pop("tenant_id")

        def _parse_invoice_number(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        invoice_number = _parse_invoice_number(d.pop("invoice_number", UNSET))

        payment_history_entry = cls(
            amount=amount,
            created_at=created_at,
            currency=currency,
            id=id,
            invoice_id=invoice_id,
            kind=kind,
            method=method,
            status=status,
            tenant_id=tenant_id,
            invoice_number=invoice_number,
        )

        payment_history_entry.additional_properties = d
        return payment_history_entry

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
