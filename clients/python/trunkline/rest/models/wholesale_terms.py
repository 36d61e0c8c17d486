from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, Self, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

T = TypeVar("T", bound="WholesaleTerms")


@_attrs_define
class WholesaleTerms:
    """What the operator charges a partner from an instant on."""

    effective_from: datetime.datetime
    extension_month: str
    local_did_month: str
    local_minute: str
    tier: str
    """ `starter`, `professional`, `business` or `enterprise`. """
    toll_free_did_month: str
    toll_free_minute: str
    rate_deck_id: None | str | Unset = UNSET
    """ The operator's deck that prices calls before the minute rates do. """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        effective_from = self.effective_from.isoformat()

        extension_month = self.extension_month

        local_did_month = self.local_did_month

        local_minute = self.local_minute

        tier = self.tier

        toll_free_did_month = self.toll_free_did_month

        toll_free_minute = self.toll_free_minute

        rate_deck_id: None | str | Unset
        if isinstance(self.rate_deck_id, Unset):
            rate_deck_id = UNSET
        else:
            rate_deck_id = self.rate_deck_id

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "effective_from": effective_from,
                "extension_month": extension_month,
                "local_did_month": local_did_month,
                "local_minute": local_minute,
                "tier": tier,
                "toll_free_did_month": toll_free_did_month,
                "toll_free_minute": toll_free_minute,
            }
        )
        if rate_deck_id is not UNSET:
            field_dict["rate_deck_id"] = rate_deck_id

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)
        effective_from = datetime.datetime.fromisoformat(d.pop("effective_from"))

        extension_month = d.pop("extension_month")

        local_did_month = d.pop("local_did_month")

        local_minute = d.pop("local_minute")

        tier = d.pop("tier")

        toll_free_did_month = d.pop("toll_free_did_month")

        toll_free_minute = d.pop("toll_free_minute")

        def _parse_rate_deck_id(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        rate_deck_id = _parse_rate_deck_id(d.pop("rate_deck_id", UNSET))

        wholesale_terms = cls(
            effective_from=effective_from,
            extension_month=extension_month,
            local_did_month=local_did_month,
            local_minute=local_minute,
            tier=tier,
            toll_free_did_month=toll_free_did_month,
            toll_free_minute=toll_free_minute,
            rate_deck_id=rate_deck_id,
        )

        wholesale_terms.additional_properties = d
        return wholesale_terms

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
