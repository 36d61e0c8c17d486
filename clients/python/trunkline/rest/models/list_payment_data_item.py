from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, Self, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

T = TypeVar("T", bound="ListPaymentDataItem")


@_attrs_define
class ListPaymentDataItem:
    """A payment of an invoice."""

    amount: str
    amount_refunded: str
    created_at: datetime.datetime
    currency: str
    """ What the amount is in. """
    id: str
    """ Its id. """
    invoice_id: str
    """ What is paid. """
    origin: str
    """ Who began it. """
    payment_method: str
    """ What people call its method; `manual` where it was paid elsewhere. """
    status: str
    """ How it stands. `processing` is money on its way from a bank; `requires_action` waits for
    the payer. """
    tenant_id: str
    """ Who pays. """
    application_fee: None | str | Unset = UNSET
    checkout_session_id: None | str | Unset = UNSET
    """ The checkout session that it was begun from. """
    dispute: None | str | Unset = UNSET
    """ How its dispute stands: `open`, `won` or `lost`; absent where it was never disputed. """
    failure: None | str | Unset = UNSET
    """ Why it failed, where it did. """
    failure_code: None | str | Unset = UNSET
    """ Why it failed, for programs, where it did. """
    mode: None | str | Unset = UNSET
    """ How the partner was paid when it was begun: `platform`, `connect` or `custom_keys`. """
    note: None | str | Unset = UNSET
    """ What a person noted about it. """
    payment_method_id: None | str | Unset = UNSET
    """ The saved method. """
    processor_account: None | str | Unset = UNSET
    """ The account at the payment processor that it is on, where that is not the operator's. """
    processor_reference: None | str | Unset = UNSET
    """ The payment processor's id of it. """
    settled_at: datetime.datetime | None | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        amount = self.amount

        amount_refunded = self.amount_refunded

        created_at = self.created_at.isoformat()

        currency = self.currency

        id = self.id

        invoice_id = self.invoice_id

        origin = self.origin

        payment_method = self.payment_method

        status = self.status

        tenant_id = self.tenant_id

        application_fee: None | str | Unset
        if isinstance(self.application_fee, Unset):
            application_fee = UNSET
        else:
            application_fee = self.application_fee

        checkout_session_id: None | str | Unset
        if isinstance(self.checkout_session_id, Unset):
            checkout_session_id = UNSET
        else:
            checkout_session_id = self.checkout_session_id

        dispute: None | str | Unset
        if isinstance(self.dispute, Unset):
            dispute = UNSET
        else:
            dispute = self.dispute

        failure: None | str | Unset
        if isinstance(self.failure, Unset):
            failure = UNSET
        else:
            failure = self.failure

        failure_code: None | str | Unset
        if isinstance(self.failure_code, Unset):
            failure_code = UNSET
        else:
            failure_code = self.failure_code

        mode: None | str | Unset
        if isinstance(self.mode, Unset):
            mode = UNSET
        else:
            mode = self.mode

        note: None | str | Unset
        if isinstance(self.note, Unset):
            note = UNSET
        else:
            note = self.note

        payment_method_id: None | str | Unset
        if isinstance(self.payment_method_id, Unset):
            payment_method_id = UNSET
        else:
            payment_method_id = self.payment_method_id

        processor_account: None | str | Unset
        if isinstance(self.processor_account, Unset):
            processor_account = UNSET
        else:
            processor_account = self.processor_account

        processor_reference: None | str | Unset
        if isinstance(self.processor_reference, Unset):
            processor_reference = UNSET
        else:
            processor_reference = self.processor_reference

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
                "amount_refunded": amount_refunded,
                "created_at": created_at,
                "currency": currency,
                "id": id,
                "invoice_id": invoice_id,
                "origin": origin,
                "payment_method": payment_method,
                "status": status,
                "tenant_id": tenant_id,
            }
        )
        if application_fee is not UNSET:
            field_dict["application_fee"] = application_fee
        if checkout_session_id is not UNSET:
            field_dict["checkout_session_id"] = checkout_session_id
        if dispute is not UNSET:
            field_dict["dispute"] = dispute
        if failure is not UNSET:
            field_dict["failure"] = failure
        if failure_code is not UNSET:
            field_dict["failure_code"] = failure_code
        if mode is not UNSET:
            field_dict["mode"] = mode
        if note is not UNSET:
            field_dict["note"] = note
        if payment_method_id is not UNSET:
            field_dict["payment_method_id"] = payment_method_id
        if processor_account is not UNSET:
            field_dict["processor_account"] = processor_account
        if processor_reference is not UNSET:
            field_dict["processor_reference"] = processor_reference
        if settled_at is not UNSET:
            field_dict["settled_at"] = settled_at

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)
        amount = d.pop("amount")

        amount_refunded = d.pop("amount_refunded")

        created_at = datetime.datetime.fromisoformat(d.pop("created_at"))

        currency = d.pop("currency")

        id = d.pop("id")

        invoice_id = d.pop("invoice_id")

        origin = d.pop("origin")

        payment_method = d.pop("payment_method")

        status = d.pop("status")

        tenant_id = d.pop("tenant_id")

        def _parse_application_fee(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        application_fee = _parse_application_fee(d.pop("application_fee", UNSET))

        def _parse_checkout_session_id(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        checkout_session_id = _parse_checkout_session_id(
            d.pop("checkout_session_id", UNSET)
        )

        def _parse_dispute(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        dispute = _parse_dispute(d.pop("dispute", UNSET))

        def _parse_failure(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        failure = _parse_failure(d.pop("failure", UNSET))

        def _parse_failure_code(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        failure_code = _parse_failure_code(d.pop("failure_code", UNSET))

        def _parse_mode(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        mode = _parse_mode(d.pop("mode", UNSET))

        def _parse_note(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        note = _parse_note(d.pop("note", UNSET))

        def _parse_payment_method_id(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        payment_method_id = _parse_payment_method_id(d.pop("payment_method_id", UNSET))

        def _parse_processor_account(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        processor_account = _parse_processor_account(d.pop("processor_account", UNSET))

        def _parse_processor_reference(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        processor_reference = _parse_processor_reference(
            d.pop("processor_reference", UNSET)
        )

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

        list_payment_data_item = cls(
            amount=amount,
            amount_refunded=amount_refunded,
            created_at=created_at,
            currency=currency,
            id=id,
            invoice_id=invoice_id,
            origin=origin,
            payment_method=payment_method,
            status=status,
            tenant_id=tenant_id,
            application_fee=application_fee,
            checkout_session_id=checkout_session_id,
            dispute=dispute,
            failure=failure,
            failure_code=failure_code,
            mode=mode,
            note=note,
            payment_method_id=payment_method_id,
            processor_account=processor_account,
            processor_reference=processor_reference,
            settled_at=settled_at,
        )

        list_payment_data_item.additional_properties = d
        return list_payment_data_item

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
