from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self, TypeVar

from attrs import define as _attrs_define

T = TypeVar("T", bound="CreditInput")


@_attrs_define
class CreditInput:
    """A credit to be."""

    amount: str
    reason: str
    """ Why; shown to the tenant. """
    tenant_id: str
    """ Whose. """

    def to_dict(self) -> dict[str, Any]:
        amount = self.amount

        reason = self.reason

        tenant_id = self.tenant_id

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "amount": amount,
                "reason": reason,
                "tenant_id": tenant_id,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)
        amount = d.pop("amount")

        reason = d.pop("reason")

        tenant_id = d.pop("tenant_id")

        credit_input = cls(
            amount=amount,
            reason=reason,
            tenant_id=tenant_id,
        )

        return credit_input
