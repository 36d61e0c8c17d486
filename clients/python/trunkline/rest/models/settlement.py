from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Self, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.settlement_sum import SettlementSum


T = TypeVar("T", bound="Settlement")


@_attrs_define
class Settlement:
    """What the operator took for a partner in a month, and owes it."""

    charges: SettlementSum
    """ How many, and what they sum up to. """
    created_at: datetime.datetime
    currency: str
    """ What the amounts are in. """
    disputes: SettlementSum
    """ How many, and what they sum up to. """
    due_on: str
    """ When it is due. """
    fees: str
    id: str
    """ Its id. """
    month: str
    """ The month, in the partner's zone. """
    net: str
    partner_id: str
    """ The partner. """
    refunds: SettlementSum
    """ How many, and what they sum up to. """
    status: str
    """ Where it stands. """
    note: None | str | Unset = UNSET
    """ What the operator noted when it paid. """
    paid_at: datetime.datetime | None | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        charges = self.charges.to_dict()

        created_at = self.created_at.isoformat()

        currency = self.currency

        disputes = self.disputes.to_dict()

        due_on = self.due_on

        fees = self.fees

        id = self.id

        month = self.month

        net = self.net

        partner_id = self.partner_id

        refunds = self.refunds.to_dict()

        status = self.status

        note: None | str | Unset
        if isinstance(self.note, Unset):
            note = UNSET
        else:
            note = self.note

        paid_at: None | str | Unset
        if isinstance(self.paid_at, Unset):
            paid_at = UNSET
        elif isinstance(self.paid_at, datetime.datetime):
            paid_at = self.paid_at.isoformat()
        else:
            paid_at = self.paid_at

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "charges": charges,
                "created_at": created_at,
                "currency": currency,
                "disputes": disputes,
                "due_on": due_on,
                "fees": fees,
                "id": id,
                "month": month,
                "net": net,
                "partner_id": partner_id,
                "refunds": refunds,
                "status": status,
            }
        )
        if note is not UNSET:
            field_dict["note"] = note
        if paid_at is not UNSET:
            field_dict["paid_at"] = paid_at

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        from ..models.settlement_sum import SettlementSum

        d = dict(src_dict)
        charges = SettlementSum.from_dict(d.pop("charges"))

        created_at = datetime.datetime.fromisoformat(d.pop("created_at"))

        currency = d.pop("currency")

        disputes = SettlementSum.from_dict(d.pop("disputes"))

        due_on = d.pop("due_on")

        fees = d.pop("fees")

        id = d.pop("id")

        month = d.pop("month")

        net = d.pop("net")

        partner_id = d.pop("partner_id")

        refunds = SettlementSum.from_dict(d.pop("refunds"))

        status = d.pop("status")

        def _parse_note(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        note = _parse_note(d.pop("note", UNSET))

        def _parse_paid_at(data: object) -> datetime.datetime | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                paid_at_type_0 = datetime.datetime.fromisoformat(data)

                return paid_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None | Unset, data)

        paid_at = _parse_paid_at(d.pop("paid_at", UNSET))

        settlement = cls(
            charges=charges,
            created_at=created_at,
            currency=currency,
            disputes=disputes,
            due_on=due_on,
            fees=fees,
            id=id,
            month=month,
            net=net,
            partner_id=partner_id,
            refunds=refunds,
            status=status,
            note=note,
            paid_at=paid_at,
        )

        settlement.additional_properties = d
        return settlement

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
