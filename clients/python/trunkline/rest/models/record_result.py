from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

T = TypeVar("T", bound="RecordResult")


@_attrs_define
class RecordResult:
    """What became of one record."""

    index: int
    """ Its place in the batch, from 0. """
    result: str
    """ What became of it. """
    call_id: None | str | Unset = UNSET
    """ The call it is. """
    code: None | str | Unset = UNSET
    """ The stable code of why it is free, unrated or refused. """
    leg: None | str | Unset = UNSET
    """ Its leg, where it could be read. """
    outcome: None | str | Unset = UNSET
    """ Whether an accepted record was priced: `rated`, `free` or `unrated`. """
    reason: None | str | Unset = UNSET
    """ Why it was refused, in words. """
    record_id: None | str | Unset = UNSET
    """ Its id, where it could be read. """
    reject_id: None | str | Unset = UNSET
    """ Where a refused record is kept. """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        index = self.index

        result = self.result

        call_id: None | str | Unset
        if isinstance(self.call_id, Unset):
            call_id = UNSET
        else:
            call_id = self.call_id

        code: None | str | Unset
        if isinstance(self.code, Unset):
            code = UNSET
        else:
            code = self.code

        leg: None | str | Unset
        if isinstance(self.leg, Unset):
            leg = UNSET
        else:
            leg = self.leg

        outcome: None | str | Unset
        if isinstance(self.outcome, Unset):
            outcome = UNSET
        else:
            outcome = self.outcome

        reason: None | str | Unset
        if isinstance(self.reason, Unset):
            reason = UNSET
        else:
            reason = self.reason

        record_id: None | str | Unset
        if isinstance(self.record_id, Unset):
            record_id = UNSET
        else:
            record_id = self.record_id

        reject_id: None | str | Unset
        if isinstance(self.reject_id, Unset):
            reject_id = UNSET
        else:
            reject_id = self.reject_id

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "index": index,
                "result": result,
            }
        )
        if call_id is not UNSET:
            field_dict["call_id"] = call_id
        if code is not UNSET:
            field_dict["code"] = code
        if leg is not UNSET:
            field_dict["leg"] = leg
        if outcome is not UNSET:
            field_dict["outcome"] = outcome
        if reason is not UNSET:
            field_dict["reason"] = reason
        if record_id is not UNSET:
            field_dict["record_id"] = record_id
        if reject_id is not UNSET:
            field_dict["reject_id"] = reject_id

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)
        index = d.pop("index")

        result = d.pop("result")

        def _parse_call_id(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        call_id = _parse_call_id(d.pop("call_id", UNSET))

        def _parse_code(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        code = _parse_code(d.pop("code", UNSET))

        def _parse_leg(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        leg = _parse_leg(d.pop("leg", UNSET))

        def _parse_outcome(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        outcome = _parse_outcome(d.pop("outcome", UNSET))

        def _parse_reason(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        reason = _parse_reason(d.pop("reason", UNSET))

        def _parse_record_id(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        record_id = _parse_record_id(d.pop("record_id", UNSET))

        def _parse_reject_id(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        reject_id = _parse_reject_id(d.pop("reject_id", UNSET))

        record_result = cls(
            index=index,
            result=result,
            call_id=call_id,
            code=code,
            leg=leg,
            outcome=outcome,
            reason=reason,
            record_id=record_id,
            reject_id=reject_id,
        )

        record_result.additional_properties = d
        return record_result

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
