from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Self, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.dunning_step import DunningStep
    from ..models.promise_to_pay import PromiseToPay
    from ..models.unpaid_invoice import UnpaidInvoice


T = TypeVar("T", bound="OverdueTenant")


@_attrs_define
class OverdueTenant:
    """A tenant that is late."""

    amount_overdue: str
    currency: str
    """ Of the amount. """
    days_overdue: int
    """ Whole days since the due date of the oldest unpaid invoice. """
    name: str
    """ Its name. """
    needs_review: bool
    """ Whether it is flagged and its policy suspends nobody: somebody has to decide. """
    status: str
    """ How it stands. """
    tenant_id: str
    """ The tenant. """
    unpaid_invoices: list[UnpaidInvoice]
    """ What is unpaid, the oldest first. """
    flagged_at: datetime.datetime | None | Unset = UNSET
    next_step: DunningStep | None | Unset = UNSET
    promise: None | PromiseToPay | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        from ..models.dunning_step import DunningStep
        from ..models.promise_to_pay import PromiseToPay

        amount_overdue = self.amount_overdue

        currency = self.currency

        days_overdue = self.days_overdue

        name = self.name

        needs_review = self.needs_review

        status = self.status

        tenant_id = self.tenant_id

        unpaid_invoices = []
        for unpaid_invoices_item_data in self.unpaid_invoices:
            unpaid_invoices_item = unpaid_invoices_item_data.to_dict()
            unpaid_invoices.append(unpaid_invoices_item)

        flagged_at: None | str | Unset
        if isinstance(self.flagged_at, Unset):
            flagged_at = UNSET
        elif isinstance(self.flagged_at, datetime.datetime):
            flagged_at = self.flagged_at.isoformat()
        else:
            flagged_at = self.flagged_at

        next_step: dict[str, Any] | None | Unset
        if isinstance(self.next_step, Unset):
            next_step = UNSET
        elif isinstance(self.next_step, DunningStep):
            next_step = self.next_step.to_dict()
        else:
            next_step = self.next_step

        promise: dict[str, Any] | None | Unset
        if isinstance(self.promise, Unset):
            promise = UNSET
        elif isinstance(self.promise, PromiseToPay):
            promise = self.promise.to_dict()
        else:
            promise = self.promise

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "amount_overdue": amount_overdue,
                "currency": currency,
                "days_overdue": days_overdue,
                "name": name,
                "needs_review": needs_review,
                "status": status,
                "tenant_id": tenant_id,
                "unpaid_invoices": unpaid_invoices,
            }
        )
        if flagged_at is not UNSET:
            field_dict["flagged_at"] = flagged_at
        if next_step is not UNSET:
            field_dict["next_step"] = next_step
        if promise is not UNSET:
            field_dict["promise"] = promise

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        from ..models.dunning_step import DunningStep
        from ..models.promise_to_pay import PromiseToPay
        from ..models.unpaid_invoice import UnpaidInvoice

        d = dict(src_dict)
        amount_overdue = d.pop("amount_overdue")

        currency = d.pop("currency")

        days_overdue = d.pop("days_overdue")

        name = d.pop("name")

        needs_review = d.pop("needs_review")

        status = d.pop("status")

        tenant_id = d.pop("tenant_id")

        unpaid_invoices = []
        _unpaid_invoices = d.pop("unpaid_invoices")
        for unpaid_invoices_item_data in _unpaid_invoices:
            unpaid_invoices_item = UnpaidInvoice.from_dict(unpaid_invoices_item_data)

            unpaid_invoices.append(unpaid_invoices_item)

        def _parse_flagged_at(data: object) -> datetime.datetime | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                flagged_at_type_0 = datetime.datetime.fromisoformat(data)

                return flagged_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None | Unset, data)

        flagged_at = _parse_flagged_at(d.pop("flagged_at", UNSET))

        def _parse_next_step(data: object) -> DunningStep | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                next_step_type_0 = DunningStep.from_dict(data)

                return next_step_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(DunningStep | None | Unset, data)

        next_step = _parse_next_step(d.pop("next_step", UNSET))

        def _parse_promise(data: object) -> None | PromiseToPay | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                promise_type_0 = PromiseToPay.from_dict(data)

                return promise_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | PromiseToPay | Unset, data)

        promise = _parse_promise(d.pop("promise", UNSET))

        overdue_tenant = cls(
            amount_overdue=amount_overdue,
            currency=currency,
            days_overdue=days_overdue,
            name=name,
            needs_review=needs_review,
            status=status,
            tenant_id=tenant_id,
            unpaid_invoices=unpaid_invoices,
            flagged_at=flagged_at,
            next_step=next_step,
            promise=promise,
        )

        overdue_tenant.additional_properties = d
        return overdue_tenant

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
