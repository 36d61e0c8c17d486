from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self, TypeVar, cast

from attrs import define as _attrs_define

from ..types import UNSET, Unset

T = TypeVar("T", bound="WalletRefundInput")


@_attrs_define
class WalletRefundInput:
    """A refund of a wallet."""

    reason: str
    """ Why; shown to the partner. """
    reference: str
    """ The asker's own name of it: the same one is done once. """
    amount: None | str | Unset = UNSET
    to: None | str | Unset = UNSET
    """ `manual`: by hand, outside the platform; `method` (where this is left out): to the payment
    methods that filled it, the newest first. """

    def to_dict(self) -> dict[str, Any]:
        reason = self.reason

        reference = self.reference

        amount: None | str | Unset
        if isinstance(self.amount, Unset):
            amount = UNSET
        else:
            amount = self.amount

        to: None | str | Unset
        if isinstance(self.to, Unset):
            to = UNSET
        else:
            to = self.to

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "reason": reason,
                "reference": reference,
            }
        )
        if amount is not UNSET:
            field_dict["amount"] = amount
        if to is not UNSET:
            field_dict["to"] = to

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)
        reason = d.pop("reason")

        reference = d.pop("reference")

        def _parse_amount(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        amount = _parse_amount(d.pop("amount", UNSET))

        def _parse_to(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        to = _parse_to(d.pop("to", UNSET))

        wallet_refund_input = cls(
            reason=reason,
            reference=reference,
            amount=amount,
            to=to,
        )

        return wallet_refund_input
