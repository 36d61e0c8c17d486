from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, Self, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

T = TypeVar("T", bound="CallRecord")


@_attrs_define
class CallRecord:
    """One call record. Read by the parser of the records themselves; this says how it looks."""

    ended_at: datetime.datetime
    """ When it ended. """
    from_: str
    """ Who called, as dialled. """
    record_id: str
    """ The source's own id of it. """
    to: str
    """ Who was called, as dialled. """
    account: None | str | Unset = UNSET
    """ Tenant id, SIP prefix or account code; read off the numbers where this is left out. """
    answered_at: datetime.datetime | None | Unset = UNSET
    """ When it was answered; left out of calls that nobody answered. """
    call_group: None | str | Unset = UNSET
    """ What holds the legs of one call together. """
    direction: None | str | Unset = UNSET
    """ `inbound`, `outbound` or `internal`; read off the numbers where this is left out. """
    disposition: None | str | Unset = UNSET
    """ `answered`, `no_answer`, `busy` or `failed`. """
    extension: None | str | Unset = UNSET
    """ The tenant's extension. """
    hangup_cause: None | str | Unset = UNSET
    """ The switch's own word for how it ended. """
    hold_seconds: None | str | Unset = UNSET
    """ Hold by the tenant's side; not billed. """
    leg: None | str | Unset = UNSET
    """ `a` (where this is left out) or `b`. """
    recording_url: None | str | Unset = UNSET
    """ Where a recording is. """
    started_at: datetime.datetime | None | Unset = UNSET
    """ When it began to ring. """
    talk_seconds: None | str | Unset = UNSET
    """ Talk time; from answer to end where this is left out. """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        ended_at = self.ended_at.isoformat()

        from_ = self.from_

        record_id = self.record_id

        to = self.to

        account: None | str | Unset
        if isinstance(self.account, Unset):
            account = UNSET
        else:
            account = self.account

        answered_at: None | str | Unset
        if isinstance(self.answered_at, Unset):
            answered_at = UNSET
        elif isinstance(self.answered_at, datetime.datetime):
            answered_at = self.answered_at.isoformat()
        else:
            answered_at = self.answered_at

        call_group: None | str | Unset
        if isinstance(self.call_group, Unset):
            call_group = UNSET
        else:
            call_group = self.call_group

        direction: None | str | Unset
        if isinstance(self.direction, Unset):
            direction = UNSET
        else:
            direction = self.direction

        disposition: None | str | Unset
        if isinstance(self.disposition, Unset):
            disposition = UNSET
        else:
            disposition = self.disposition

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

        hold_seconds: None | str | Unset
        if isinstance(self.hold_seconds, Unset):
            hold_seconds = UNSET
        else:
            hold_seconds = self.hold_seconds

        leg: None | str | Unset
        if isinstance(self.leg, Unset):
            leg = UNSET
        else:
            leg = self.leg

        recording_url: None | str | Unset
        if isinstance(self.recording_url, Unset):
            recording_url = UNSET
        else:
            recording_url = self.recording_url

        started_at: None | str | Unset
        if isinstance(self.started_at, Unset):
            started_at = UNSET
        elif isinstance(self.started_at, datetime.datetime):
            started_at = self.started_at.isoformat()
        else:
            started_at = self.started_at

        talk_seconds: None | str | Unset
        if isinstance(self.talk_seconds, Unset):
            talk_seconds = UNSET
        else:
            talk_seconds = self.talk_seconds

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "ended_at": ended_at,
                "from": from_,
                "record_id": record_id,
                "to": to,
            }
        )
        if account is not UNSET:
            field_dict["account"] = account
        if answered_at is not UNSET:
            field_dict["answered_at"] = answered_at
        if call_group is not UNSET:
            field_dict["call_group"] = call_group
        if direction is not UNSET:
            field_dict["direction"] = direction
        if disposition is not UNSET:
            field_dict["disposition"] = disposition
        if extension is not UNSET:
            field_dict["extension"] = extension
        if hangup_cause is not UNSET:
            field_dict["hangup_cause"] = hangup_cause
        if hold_seconds is not UNSET:
            field_dict["hold_seconds"] = hold_seconds
        if leg is not UNSET:
            field_dict["leg"] = leg
        if recording_url is not UNSET:
            field_dict["recording_url"] = recording_url
        if started_at is not UNSET:
            field_dict["started_at"] = started_at
        if talk_seconds is not UNSET:
            field_dict["talk_seconds"] = talk_seconds

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)
        ended_at = datetime.datetime.fromisoformat(d.pop("ended_at"))

        from_ = d.pop("from")

        record_id = d.pop("record_id")

        to = d.pop("to")

        def _parse_account(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        account = _parse_account(d.pop("account", UNSET))

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

        def _parse_call_group(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        call_group = _parse_call_group(d.pop("call_group", UNSET))

        def _parse_direction(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        direction = _parse_direction(d.pop("direction", UNSET))

        def _parse_disposition(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        disposition = _parse_disposition(d.pop("disposition", UNSET))

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

        def _parse_hold_seconds(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        hold_seconds = _parse_hold_seconds(d.pop("hold_seconds", UNSET))

        def _parse_leg(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        leg = _parse_leg(d.pop("leg", UNSET))

        def _parse_recording_url(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        recording_url = _parse_recording_url(d.pop("recording_url", UNSET))

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

        def _parse_talk_seconds(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        talk_seconds = _parse_talk_seconds(d.pop("talk_seconds", UNSET))

        call_record = cls(
            ended_at=ended_at,
            from_=from_,
            record_id=record_id,
            to=to,
            account=account,
            answered_at=answered_at,
            call_group=call_group,
            direction=direction,
            disposition=disposition,
            extension=extension,
            hangup_cause=hangup_cause,
            hold_seconds=hold_seconds,
            leg=leg,
            recording_url=recording_url,
            started_at=started_at,
            talk_seconds=talk_seconds,
        )

        call_record.additional_properties = d
        return call_record

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
