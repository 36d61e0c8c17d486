from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Self, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.subscription_line import SubscriptionLine


T = TypeVar("T", bound="ListOperatorChargeDataItem")


@_attrs_define
class ListOperatorChargeDataItem:
    """A charge of the operator on a payment method of the partner."""

    amount: str
    created_at: datetime.datetime
    currency: str
    """ What amounts are in. """
    id: str
    """ Its id. """
    lines: list[SubscriptionLine]
    """ What pays the subscription. """
    purpose: str
    """ `top_up`, `auto_recharge`, `purchase`, `activation`, `upgrade` or `renewal`. """
    status: str
    """ `pending`, `succeeded`, `declined` or `cancelled`. """
    wallet_amount: str
    failure: None | str | Unset = UNSET
    """ Why it failed, where it did. """
    settled_at: datetime.datetime | None | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        amount = self.amount

        created_at = self.created_at.isoformat()

        currency = self.currency

        id = self.id

        lines = []
        for lines_item_data in self.lines:
            lines_item = lines_item_data.to_dict()
            lines.append(lines_item)

        purpose = self.purpose

        status = self.status

        wallet_amount = self.wallet_amount

        failure: None | str | Unset
        if isinstance(self.failure, Unset):
            failure = UNSET
        else:
            failure = self.failure

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
                "created_at": created_at,
                "currency": currency,
                "id": id,
                "lines": lines,
                "purpose": purpose,
                "status": status,
                "wallet_amount": wallet_amount,
            }
        )
        if failure is not UNSET:
            field_dict["failure"] = failure
        if settled_at is not UNSET:
            field_dict["settled_at"] = settled_at

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        from ..models.subscription_line import SubscriptionLine

        d = dict(src_dict)
        amount = d.pop("amount")

        created_at = datetime.datetime.fromisoformat(d.pop("created_at"))

        currency = d.pop("currency")

        id = d.pop("id")

        lines = []
        _lines = d.pop("lines")
        for lines_item_data in _lines:
            lines_item = SubscriptionLine.from_dict(lines_item_data)

            lines.append(lines_item)

        purpose = d.pop("purpose")

        status = d.pop("status")

        wallet_amount = d.pop("wallet_amount")

        def _parse_failure(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        failure = _parse_failure(d.pop("failure", UNSET))

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

        list_operator_charge_data_item = cls(
            amount=amount,
            created_at=created_at,
            currency=currency,
            id=id,
            lines=lines,
            purpose=purpose,
            status=status,
            wallet_amount=wallet_amount,
            failure=failure,
            settled_at=settled_at,
        )

        list_operator_charge_data_item.additional_properties = d
        return list_operator_charge_data_item

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
