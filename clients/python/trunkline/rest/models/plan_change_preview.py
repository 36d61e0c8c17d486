from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, Self, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="PlanChangePreview")


@_attrs_define
class PlanChangePreview:
    """What a change of plan would do."""

    change: str
    """ `upgrade` or `downgrade`. """
    currency: str
    """ What amounts are in. """
    due_now: str
    effective_at: datetime.datetime
    monthly_fee: str
    prorated: str
    tier: str
    """ The plan. """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        change = self.change

        currency = self.currency

        due_now = self.due_now

        effective_at = self.effective_at.isoformat()

        monthly_fee = self.monthly_fee

        prorated = self.prorated

        tier = self.tier

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "change": change,
                "currency": currency,
                "due_now": due_now,
                "effective_at": effective_at,
                "monthly_fee": monthly_fee,
                "prorated": prorated,
                "tier": tier,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)
        change = d.pop("change")

        currency = d.pop("currency")

        due_now = d.pop("due_now")

        effective_at = datetime.datetime.fromisoformat(d.pop("effective_at"))

        monthly_fee = d.pop("monthly_fee")

        prorated = d.pop("prorated")

        tier = d.pop("tier")

        plan_change_preview = cls(
            change=change,
            currency=currency,
            due_now=due_now,
            effective_at=effective_at,
            monthly_fee=monthly_fee,
            prorated=prorated,
            tier=tier,
        )

        plan_change_preview.additional_properties = d
        return plan_change_preview

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
