from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="InvoiceTax")


@_attrs_define
class InvoiceTax:
    """A tax of an invoice, as issued."""

    amount: str
    base: str
    code: str
    """ The jurisdiction's code. """
    name: str
    """ The jurisdiction's name. """
    rate: str
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        amount = self.amount

        base = self.base

        code = self.code

        name = self.name

        rate = self.rate

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "amount": amount,
                "base": base,
                "code": code,
                "name": name,
                "rate": rate,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)
        amount = d.pop("amount")

        base = d.pop("base")

        code = d.pop("code")

        name = d.pop("name")

        rate = d.pop("rate")

        invoice_tax = cls(
            amount=amount,
            base=base,
            code=code,
            name=name,
            rate=rate,
        )

        invoice_tax.additional_properties = d
        return invoice_tax

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
