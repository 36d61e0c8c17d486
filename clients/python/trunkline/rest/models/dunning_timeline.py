from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Self, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.dunning_policy import DunningPolicy
    from ..models.dunning_step import DunningStep
    from ..models.promise_to_pay import PromiseToPay
    from ..models.unpaid_invoice import UnpaidInvoice


T = TypeVar("T", bound="DunningTimeline")


@_attrs_define
class DunningTimeline:
    """What happens to a tenant that does not pay: what was done, what is to come, who is told."""

    amount_overdue: str
    currency: str
    """ Of the amount. """
    days_overdue: int
    """ Whole days since the due date of the oldest unpaid invoice; 0 before. """
    policy: DunningPolicy
    """ What is done about unpaid invoices, and when. Days count from the due date of the oldest unpaid
    invoice; 0 is that date. """
    status: str
    """ How it stands. """
    steps: list[DunningStep]
    """ What was done about its unpaid invoices, then what is to come. """
    tenant_id: str
    """ The tenant. """
    unpaid_invoices: list[UnpaidInvoice]
    """ What is unpaid, the oldest first. Balances that no card is charged for are left out. """
    flagged_at: datetime.datetime | None | Unset = UNSET
    grace_until: datetime.date | None | Unset = UNSET
    """ Until when somebody's hand keeps it in service. """
    promise: None | PromiseToPay | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        from ..models.promise_to_pay import PromiseToPay

        amount_overdue = self.amount_overdue

        currency = self.currency

        days_overdue = self.days_overdue

        policy = self.policy.to_dict()

        status = self.status

        steps = []
        for steps_item_data in self.steps:
            steps_item = steps_item_data.to_dict()
            steps.append(steps_item)

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

        grace_until: None | str | Unset
        if isinstance(self.grace_until, Unset):
            grace_until = UNSET
        elif isinstance(self.grace_until, datetime.date):
            grace_until = self.grace_until.isoformat()
        else:
            grace_until = self.grace_until

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
                "policy": policy,
                "status": status,
                "steps": steps,
                "tenant_id": tenant_id,
                "unpaid_invoices": unpaid_invoices,
            }
        )
        if flagged_at is not UNSET:
            field_dict["flagged_at"] = flagged_at
        if grace_until is not UNSET:
            field_dict["grace_until"] = grace_until
        if promise is not UNSET:
            field_dict["promise"] = promise

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        from ..models.dunning_policy import DunningPolicy
        from ..models.dunning_step import DunningStep
        from ..models.promise_to_pay import PromiseToPay
        from ..models.unpaid_invoice import UnpaidInvoice

        d = dict(src_dict)
        amount_overdue = d.pop("amount_overdue")

        currency = d.pop("currency")

        days_overdue = d.pop("days_overdue")

        policy = DunningPolicy.from_dict(d.pop("policy"))

        status = d.pop("status")

        steps = []
        _steps = d.pop("steps")
        for steps_item_data in _steps:
            steps_item = DunningStep.from_dict(steps_item_data)

            steps.append(steps_item)

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

        def _parse_grace_until(data: object) -> datetime.date | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                grace_until_type_0 = datetime.date.fromisoformat(data)

                return grace_until_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.date | None | Unset, data)

        grace_until = _parse_grace_until(d.pop("grace_until", UNSET))

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

        dunning_timeline = cls(
            amount_overdue=amount_overdue,
            currency=currency,
            days_overdue=days_overdue,
            policy=policy,
            status=status,
            steps=steps,
            tenant_id=tenant_id,
            unpaid_invoices=unpaid_invoices,
            flagged_at=flagged_at,
            grace_until=grace_until,
            promise=promise,
        )

        dunning_timeline.additional_properties = d
        return dunning_timeline

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
