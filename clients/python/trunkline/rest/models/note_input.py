from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self, TypeVar

from attrs import define as _attrs_define

T = TypeVar("T", bound="NoteInput")


@_attrs_define
class NoteInput:
    """A credit note to be."""

    amount: str
    invoice_id: str
    """ The issued invoice that it takes back, or a part of. """
    reason: str
    """ Why; shown to the tenant. """

    def to_dict(self) -> dict[str, Any]:
        amount = self.amount

        invoice_id = self.invoice_id

        reason = self.reason

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "amount": amount,
                "invoice_id": invoice_id,
                "reason": reason,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)
        amount = d.pop("amount")

        invoice_id = d.pop("invoice_id")

        reason = d.pop("reason")

        note_input = cls(
            amount=amount,
            invoice_id=invoice_id,
            reason=reason,
        )

        return note_input
