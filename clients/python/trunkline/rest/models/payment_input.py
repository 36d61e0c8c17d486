from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self, TypeVar, cast

from attrs import define as _attrs_define

from ..types import UNSET, Unset

T = TypeVar("T", bound="PaymentInput")


@_attrs_define
class PaymentInput:
    """A payment to be."""

    amount: None | str | Unset = UNSET
    off_session: bool | None | Unset = UNSET
    """ Whether nobody is there who could authenticate the payment: then it fails where the bank
    wants that, with the code `authentication_required`. """
    payment_method_id: None | str | Unset = UNSET
    """ With which saved method; the tenant's default where this is left out. """
    receipt_email: None | str | Unset = UNSET
    """ Where the receipt goes, beside the tenant's billing address. """

    def to_dict(self) -> dict[str, Any]:
        amount: None | str | Unset
        if isinstance(self.amount, Unset):
            amount = UNSET
        else:
            amount = self.amount

        off_session: bool | None | Unset
        if isinstance(self.off_session, Unset):
            off_session = UNSET
        else:
            off_session = self.off_session

        payment_method_id: None | str | Unset
        if isinstance(self.payment_method_id, Unset):
            payment_method_id = UNSET
        else:
            payment_method_id = self.payment_method_id

        receipt_email: None | str | Unset
        if isinstance(self.receipt_email, Unset):
            receipt_email = UNSET
        else:
            receipt_email = self.receipt_email

        field_dict: dict[str, Any] = {}

        field_dict.update({})
        if amount is not UNSET:
            field_dict["amount"] = amount
        if off_session is not UNSET:
            field_dict["off_session"] = off_session
        if payment_method_id is not UNSET:
            field_dict["payment_method_id"] = payment_method_id
        if receipt_email is not UNSET:
            field_dict["receipt_email"] = receipt_email

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)

        def _parse_amount(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        amount = _parse_amount(d.pop("amount", UNSET))

        def _parse_off_session(data: object) -> bool | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(bool | None | Unset, data)

        off_session = _parse_off_session(d.pop("off_session", UNSET))

        def _parse_payment_method_id(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        payment_method_id = _parse_payment_method_id(d.pop("payment_method_id", UNSET))

        def _parse_receipt_email(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        receipt_email = _parse_receipt_email(d.pop("receipt_email", UNSET))

        payment_input = cls(
            amount=amount,
            off_session=off_session,
            payment_method_id=payment_method_id,
            receipt_email=receipt_email,
        )

        return payment_input
