from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, Self, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

T = TypeVar("T", bound="UnpaidInvoice")


@_attrs_define
class UnpaidInvoice:
    """An invoice that a tenant has not paid."""

    amount_due: str
    currency: str
    """ What its amounts are in. """
    days_overdue: int
    """ Whole days since then; 0 before. """
    due_date: datetime.date
    """ The last day to pay it. """
    id: str
    """ Its id. """
    payment_pending: bool
    """ Whether a payment of it is pending, which stops everything else. """
    number: None | str | Unset = UNSET
    """ Its number. """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        amount_due = self.amount_due

        currency = self.currency

        days_overdue = self.days_overdue

        due_date = self.due_date.isoformat()

        id = self.id

        payment_pending = self.payment_pending

        number: None | str | Unset
        if isinstance(self.number, Unset):
            number = UNSET
        else:
            number = self.number

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "amount_due": amount_due,
                "currency": currency,
                "days_overdue": days_overdue,
                "due_date": due_date,
                "id": id,
                "payment_pending": payment_pending,
            }
        )
        if number is not UNSET:
            field_dict["number"] = number

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)
        amount_due = d.pop("amount_due")

        currency = d.pop("currency")

        days_overdue = d.pop("days_overdue")

        due_date = datetime.date.fromisoformat(d.pop("due_date"))

        id = d.pop("id")

        payment_pending = d.pop("payment_pending")

        def _parse_number(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        number = _parse_number(d.pop("number", UNSET))

        unpaid_invoice = cls(
            amount_due=amount_due,
            currency=currency,
            days_overdue=days_overdue,
            due_date=due_date,
            id=id,
            payment_pending=payment_pending,
            number=number,
        )

        unpaid_invoice.additional_properties = d
        return unpaid_invoice

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
