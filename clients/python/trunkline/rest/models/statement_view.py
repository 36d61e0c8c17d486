from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

T = TypeVar("T", bound="StatementView")


@_attrs_define
class StatementView:
    """What payers see on their statements."""

    bank_account: str
    """ What a bank account's statement shows. """
    card: str
    """ What a card's statement shows; `…` stands for what only the processor knows. """
    descriptor: None | str | Unset = UNSET
    """ The partner's text; none until it chose one. """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        bank_account = self.bank_account

        card = self.card

        descriptor: None | str | Unset
        if isinstance(self.descriptor, Unset):
            descriptor = UNSET
        else:
            descriptor = self.descriptor

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "bank_account": bank_account,
                "card": card,
            }
        )
        if descriptor is not UNSET:
            field_dict["descriptor"] = descriptor

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)
        bank_account = d.pop("bank_account")

        card = d.pop("card")

        def _parse_descriptor(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        descriptor = _parse_descriptor(d.pop("descriptor", UNSET))

        statement_view = cls(
            bank_account=bank_account,
            card=card,
            descriptor=descriptor,
        )

        statement_view.additional_properties = d
        return statement_view

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
