from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, Self, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

T = TypeVar("T", bound="ListOperatorDisputeDataItem")


@_attrs_define
class ListOperatorDisputeDataItem:
    """A dispute as the operator sees it."""

    amount: str
    answered_by: str
    """ Who answers it: the operator on its own account, the partner at the payment processor on
    the partner's. """
    currency: str
    """ What the amount is in. """
    detail: str
    """ What the payment processor says of it while it is open. """
    id: str
    """ Its id. """
    invoice_id: str
    """ What was paid. """
    opened_at: datetime.datetime
    payment_id: str
    """ The payment. """
    reason: str
    """ The payer's reason. """
    status: str
    """ How it stands. """
    tenant_id: str
    """ Who disputes. """
    version: int
    """ Grows with each change. """
    evidence: str
    """ What was written down against it. """
    partner_id: str
    """ Whose tenant disputes. """
    reference: str
    """ The processor's id of it. """
    closed_at: datetime.datetime | None | Unset = UNSET
    evidence_due: datetime.datetime | None | Unset = UNSET
    submitted_at: datetime.datetime | None | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        amount = self.amount

        answered_by = self.answered_by

        currency = self.currency

        detail = self.detail

        id = self.id

        invoice_id = self.invoice_id

        opened_at = self.opened_at.isoformat()

        payment_id = self.payment_id

        reason = self.reason

        status = self.status

        tenant_id = self.tenant_id

        version = self.version

        evidence = self.evidence

        partner_id = self.partner_id

        reference = self.reference

        closed_at: None | str | Unset
        if isinstance(self.closed_at, Unset):
            closed_at = UNSET
        elif isinstance(self.closed_at, datetime.datetime):
            closed_at = self.closed_at.isoformat()
        else:
            closed_at = self.closed_at

        evidence_due: None | str | Unset
        if isinstance(self.evidence_due, Unset):
            evidence_due = UNSET
        elif isinstance(self.evidence_due, datetime.datetime):
            evidence_due = self.evidence_due.isoformat()
        else:
            evidence_due = self.evidence_due

        submitted_at: None | str | Unset
        if isinstance(self.submitted_at, Unset):
            submitted_at = UNSET
        elif isinstance(self.submitted_at, datetime.datetime):
            submitted_at = self.submitted_at.isoformat()
        else:
            submitted_at = self.submitted_at

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "amount": amount,
                "answered_by": answered_by,
                "currency": currency,
                "detail": detail,
                "id": id,
                "invoice_id": invoice_id,
                "opened_at": opened_at,
                "payment_id": payment_id,
                "reason": reason,
                "status": status,
                "tenant_id": tenant_id,
                "version": version,
                "evidence": evidence,
                "partner_id": partner_id,
                "reference": reference,
            }
        )
        if closed_at is not UNSET:
            field_dict["closed_at"] = closed_at
        if evidence_due is not UNSET:
            field_dict["evidence_due"] = evidence_due
        if submitted_at is not UNSET:
            field_dict["submitted_at"] = submitted_at

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)
        amount = d.pop("amount")

        answered_by = d.pop("answered_by")

        currency = d.pop("currency")

        detail = d.pop("detail")

        id = d.pop("id")

        invoice_id = d.pop("invoice_id")

        opened_at = datetime.datetime.fromisoformat(d.pop("opened_at"))

        payment_id = d.pop("payment_id")

        reason = d.pop("reason")

        status = d.pop("status")

        tenant_id = d.pop("tenant_id")

        version = d.pop("version")

        evidence = d.pop("evidence")

        partner_id = d.pop("partner_id")

        reference = d.pop("reference")

        def _parse_closed_at(data: object) -> datetime.datetime | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                closed_at_type_0 = datetime.datetime.fromisoformat(data)

                return closed_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None | Unset, data)

        closed_at = _parse_closed_at(d.pop("closed_at", UNSET))

        def _parse_evidence_due(data: object) -> datetime.datetime | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                evidence_due_type_0 = datetime.datetime.fromisoformat(data)

                return evidence_due_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None | Unset, data)

        evidence_due = _parse_evidence_due(d.pop("evidence_due", UNSET))

        def _parse_submitted_at(data: object) -> datetime.datetime | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                submitted_at_type_0 = datetime.datetime.fromisoformat(data)

                return submitted_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None | Unset, data)

        submitted_at = _parse_submitted_at(d.pop("submitted_at", UNSET))

        list_operator_dispute_data_item = cls(
            amount=amount,
            answered_by=answered_by,
            currency=currency,
            detail=detail,
            id=id,
            invoice_id=invoice_id,
            opened_at=opened_at,
            payment_id=payment_id,
            reason=reason,
            status=status,
            tenant_id=tenant_id,
            version=version,
            evidence=evidence,
            partner_id=partner_id,
            reference=reference,
            closed_at=closed_at,
            evidence_due=evidence_due,
            submitted_at=submitted_at,
        )

        list_operator_dispute_data_item.additional_properties = d
        return list_operator_dispute_data_item

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
