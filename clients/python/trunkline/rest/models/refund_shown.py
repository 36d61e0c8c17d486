from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Self, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.wallet_refund_part import WalletRefundPart


T = TypeVar("T", bound="RefundShown")


@_attrs_define
class RefundShown:
    """A refund and what the wallet holds after it."""

    balance: str
    currency: str
    """ What amounts are in. """
    parts: list[WalletRefundPart]
    """ One for each charge that it goes back to. """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        balance = self.balance

        currency = self.currency

        parts = []
        for parts_item_data in self.parts:
            parts_item = parts_item_data.to_dict()
            parts.append(parts_item)

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "balance": balance,
                "currency": currency,
                "parts": parts,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        from ..models.wallet_refund_part import WalletRefundPart

        d = dict(src_dict)
        balance = d.pop("balance")

        currency = d.pop("currency")

        parts = []
        _parts = d.pop("parts")
        for parts_item_data in _parts:
            parts_item = WalletRefundPart.from_dict(parts_item_data)

            parts.append(parts_item)

        refund_shown = cls(
            balance=balance,
            currency=currency,
            parts=parts,
        )

        refund_shown.additional_properties = d
        return refund_shown

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
