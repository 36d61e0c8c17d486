from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, Self, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

T = TypeVar("T", bound="ListCallDataItem")


@_attrs_define
class ListCallDataItem:
    """A call of a tenant, priced on both sides."""

    batch_id: str
    """ The batch that brought it. """
    billed_seconds: int
    """ Seconds that the tenant is billed, after increments. """
    charge: str
    """ `billable`, or `trial`: metered and never invoiced. """
    class_: str
    """ As it is metered. """
    cost: str
    cost_currency: str
    """ Of `cost`. """
    currency: str
    """ Of `price`. """
    direction: str
    """ Which way it ran. """
    disposition: str
    """ How it ended. """
    ended_at: datetime.datetime
    from_: str
    """ As the switch wrote it. """
    hold_seconds: int
    """ Hold by the tenant's side; not billed. """
    id: str
    """ Its id. """
    leg: str
    """ Which side wrote it: `a` or `b`. """
    outcome: str
    """ Whether it was priced. """
    price: str
    record_id: str
    """ The switch's own id of it. """
    source_id: str
    """ The switch that wrote it down. """
    talk_seconds: int
    """ Talk time. """
    tenant_id: str
    """ Whose call it is. """
    to: str
    """ As the switch wrote it. """
    answered_at: datetime.datetime | None | Unset = UNSET
    bill_period_start: datetime.datetime | None | Unset = UNSET
    call_group: None | str | Unset = UNSET
    """ What holds the legs of one call together. """
    extension: None | str | Unset = UNSET
    """ The tenant's extension. """
    hangup_cause: None | str | Unset = UNSET
    """ The switch's own word for it. """
    reason: None | str | Unset = UNSET
    """ Why it is free or unrated. """
    recording_url: None | str | Unset = UNSET
    """ Where a recording is. """
    reverses_call_id: None | str | Unset = UNSET
    """ The call that this row takes back: its amounts are negative. """
    started_at: datetime.datetime | None | Unset = UNSET
    usage_period_start: datetime.datetime | None | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        batch_id = self.batch_id

        billed_seconds = self.billed_seconds

        charge = self.charge

        class_ = self.class_

        cost = self.cost

        cost_currency = self.cost_currency

        currency = self.currency

        direction = self.direction

        disposition = self.disposition

        ended_at = self.ended_at.isoformat()

        from_ = self.from_

        hold_seconds = self.hold_seconds

        id = self.id

        leg = self.leg

        outcome = self.outcome

        price = self.price

        record_id = self.record_id

        source_id = self.source_id

        talk_seconds = self.talk_seconds

        tenant_id = self.tenant_id

        to = self.to

        answered_at: None | str | Unset
        if isinstance(self.answered_at, Unset):
            answered_at = UNSET
        elif isinstance(self.answered_at, datetime.datetime):
            answered_at = self.answered_at.isoformat()
        else:
            answered_at = self.answered_at

        bill_period_start: None | str | Unset
        if isinstance(self.bill_period_start, Unset):
            bill_period_start = UNSET
        elif isinstance(self.bill_period_start, datetime.datetime):
            bill_period_start = self.bill_period_start.isoformat()
        else:
            bill_period_start = self.bill_period_start

        call_group: None | str | Unset
        if isinstance(self.call_group, Unset):
            call_group = UNSET
        else:
            call_group = self.call_group

        extension: None | str | Unset
        if isinstance(self.extension, Unset):
            extension = UNSET
        else:
            extension = self.extension

        hangup_cause: None | str | Unset
        if isinstance(self.hangup_cause, Unset):
            hangup_cause = UNSET
        else:
            hangup_cause = self.hangup_cause

        reason: None | str | Unset
        if isinstance(self.reason, Unset):
            reason = UNSET
        else:
            reason = self.reason

        recording_url: None | str | Unset
        if isinstance(self.recording_url, Unset):
            recording_url = UNSET
        else:
            recording_url = self.recording_url

        reverses_call_id: None | str | Unset
        if isinstance(self.reverses_call_id, Unset):
            reverses_call_id = UNSET
        else:
            reverses_call_id = self.reverses_call_id

        started_at: None | str | Unset
        if isinstance(self.started_at, Unset):
            started_at = UNSET
        elif isinstance(self.started_at, datetime.datetime):
            started_at = self.started_at.isoformat()
        else:
            started_at = self.started_at

        usage_period_start: None | str | Unset
        if isinstance(self.usage_period_start, Unset):
            usage_period_start = UNSET
        elif isinstance(self.usage_period_start, datetime.datetime):
            usage_period_start = self.usage_period_start.isoformat()
        else:
            usage_period_start = self.usage_period_start

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "batch_id": batch_id,
                "billed_seconds": billed_seconds,
                "charge": charge,
                "class": class_,
                "cost": cost,
                "cost_currency": cost_currency,
                "currency": currency,
                "direction": direction,
                "disposition": disposition,
                "ended_at": ended_at,
                "from": from_,
                "hold_seconds": hold_seconds,
                "id": id,
                "leg": leg,
                "outcome": outcome,
                "price": price,
                "record_id": record_id,
                "source_id": source_id,
                "talk_seconds": talk_seconds,
                "tenant_id": tenant_id,
                "to": to,
            }
        )
        if answered_at is not UNSET:
            field_dict["answered_at"] = answered_at
        if bill_period_start is not UNSET:
            field_dict["bill_period_start"] = bill_period_start
        if call_group is not UNSET:
            field_dict["call_group"] = call_group
        if extension is not UNSET:
            field_dict["extension"] = extension
        if hangup_cause is not UNSET:
            field_dict["hangup_cause"] = hangup_cause
        if reason is not UNSET:
            field_dict["reason"] = reason
        if recording_url is not UNSET:
            field_dict["recording_url"] = recording_url
        if reverses_call_id is not UNSET:
            field_dict["reverses_call_id"] = reverses_call_id
        if started_at is not UNSET:
            field_dict["started_at"] = started_at
        if usage_period_start is not UNSET:
            field_dict["usage_period_start"] = usage_period_start

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)
        batch_id = d.pop("batch_id")

        billed_seconds = d.pop("billed_seconds")

        charge = d.pop("charge")

        class_ = d.pop("class")

        cost = d.pop("cost")

        cost_currency = d.pop("cost_currency")

        currency = d.pop("currency")

        direction = d.pop("direction")

        disposition = d.pop("disposition")

        ended_at = datetime.datetime.fromisoformat(d.pop("ended_at"))

        from_ = d.pop("from")

        hold_seconds = d.pop("hold_seconds")

        id = d.pop("id")

        leg = d.pop("leg")

        outcome = d.pop("outcome")

        price = d.pop("price")

        record_id = d.pop("record_id")

        source_id = d.pop("source_id")

        talk_seconds = d.pop("talk_seconds")

        tenant_id = d.pop("tenant_id")

        to = d.pop("to")

        def _parse_answered_at(data: object) -> datetime.datetime | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                answered_at_type_0 = datetime.datetime.fromisoformat(data)

                return answered_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None | Unset, data)

        answered_at = _parse_answered_at(d.pop("answered_at", UNSET))

        def _parse_bill_period_start(data: object) -> datetime.datetime | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                bill_period_start_type_0 = datetime.datetime.fromisoformat(data)

                return bill_period_start_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None | Unset, data)

        bill_period_start = _parse_bill_period_start(d.pop("bill_period_start", UNSET))

        def _parse_call_group(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        call_group = _parse_call_group(d.pop("call_group", UNSET))

        def _parse_extension(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        extension = _parse_extension(d.pop("extension", UNSET))

        def _parse_hangup_cause(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        hangup_cause = _parse_hangup_cause(d.pop("hangup_cause", UNSET))

        def _parse_reason(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        reason = _parse_reason(d.pop("reason", UNSET))

        def _parse_recording_url(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        recording_url = _parse_recording_url(d.pop("recording_url", UNSET))

        def _parse_reverses_call_id(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        reverses_call_id = _parse_reverses_call_id(d.pop("reverses_call_id", UNSET))

        def _parse_started_at(data: object) -> datetime.datetime | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                started_at_type_0 = datetime.datetime.fromisoformat(data)

                return started_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None | Unset, data)

        started_at = _parse_started_at(d.pop("started_at", UNSET))

        def _parse_usage_period_start(data: object) -> datetime.datetime | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                usage_period_start_type_0 = datetime.datetime.fromisoformat(data)

                return usage_period_start_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None | Unset, data)

        usage_period_start = _parse_usage_period_start(
            d.pop("usage_period_start", UNSET)
        )

        list_call_data_item = cls(
            batch_id=batch_id,
            billed_seconds=billed_seconds,
            charge=charge,
            class_=class_,
            cost=cost,
            cost_currency=cost_currency,
            currency=currency,
            direction=direction,
            disposition=disposition,
            ended_at=ended_at,
            from_=from_,
            hold_seconds=hold_seconds,
            id=id,
            leg=leg,
            outcome=outcome,
            price=price,
            record_id=record_id,
            source_id=source_id,
            talk_seconds=talk_seconds,
            tenant_id=tenant_id,
            to=to,
            answered_at=answered_at,
            bill_period_start=bill_period_start,
            call_group=call_group,
            extension=extension,
            hangup_cause=hangup_cause,
            reason=reason,
            recording_url=recording_url,
            reverses_call_id=reverses_call_id,
            started_at=started_at,
            usage_period_start=usage_period_start,
        )

        list_call_data_item.additional_properties = d
        return list_call_data_item

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
