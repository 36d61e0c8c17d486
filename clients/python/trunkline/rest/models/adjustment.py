from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self, TypeVar, cast

from attrs import define as _attrs_define

from ..types import UNSET, Unset

T = TypeVar("T", bound="Adjustment")


@_attrs_define
class Adjustment:
    """A correction of a wallet."""

    amount: str
    reason: str
    """ Why; shown to the partner. """
    reference: str
    """ The asker's own name of it: the same one is booked once. """
    type_: None | str | Unset = UNSET
    """ `manual_adjustment` (where this is left out), `top_up` or `initial_credit`. """

    def to_dict(self) -> dict[str, Any]:
        amount = self.amount

        reason = self.reason

        reference = self.reference

        type_: None | str | Unset
        if isinstance(self.type_, Unset):
            type_ = UNSET
        else:
            type_ = self.type_

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "amount": amount,
                "reason": reason,
                "reference": reference,
            }
        )
        if type_ is not UNSET:
            field_dict["type"] = type_

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)
        amount = d.pop("amount")

        reason = d.pop("reason")

        reference = d.pop("reference")

        def _parse_type_(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        type_ = _parse_type_(d.pop("type", UNSET))

        adjustment = cls(
            amount=amount,
            reason=reason,
            reference=reference,
            type_=type_,
        )

        return adjustment
