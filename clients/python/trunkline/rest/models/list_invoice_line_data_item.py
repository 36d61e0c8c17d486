from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

T = TypeVar("T", bound="ListInvoiceLineDataItem")


@_attrs_define
class ListInvoiceLineDataItem:
    """A line of an invoice."""

    amount: str
    currency: str
    """ What its amounts are in. """
    description: str
    """ For people. """
    fraction: str
    """ The share of a period that is billed: days over days. """
    id: str
    """ Its id. """
    kind: str
    """ What it bills: `base_fee`, `extensions`, `dids`, `toll_free_dids`, `usage`,
    `prior_period_usage`, `recurring`, `metered`, `one_time`, `discount`, `unused_advance` or
    `carried_to_credit`. """
    quantity: str
    """ How many units; minutes to a millionth. """
    taxable: bool
    """ Whether taxes are computed on it. """
    unit: str
    """ The unit's name in the singular. """
    unit_price: None | str | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        amount = self.amount

        currency = self.currency

        description = self.description

        fraction = self.fraction

        id = self.id

        kind = self.kind

        quantity = self.quantity

        taxable = self.taxable

        unit = self.unit

        unit_price: None | str | Unset
        if isinstance(self.unit_price, Unset):
            unit_price = UNSET
        else:
            unit_price = self.unit_price

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "amount": amount,
                "currency": currency,
                "description": description,
                "fraction": fraction,
                "id": id,
                "kind": kind,
                "quantity": quantity,
                "taxable": taxable,
                "unit": unit,
            }
        )
        if unit_price is not UNSET:
            field_dict["unit_price"] = unit_price

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)
        amount = d.pop("amount")

        currency = d.pop("currency")

        description = d.pop("description")

        fraction = d.pop("fraction")

        id = d.pop("id")

        kind = d.pop("kind")

        quantity = d.pop("quantity")

        taxable = d.pop("taxable")

        unit = d.pop("unit")

        def _parse_unit_price(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        unit_price = _parse_unit_price(d.pop("unit_price", UNSET))

        list_invoice_line_data_item = cls(
            amount=amount,
            currency=currency,
            description=description,
            fraction=fraction,
            id=id,
            kind=kind,
            quantity=quantity,
            taxable=taxable,
            unit=unit,
            unit_price=unit_price,
        )

        list_invoice_line_data_item.additional_properties = d
        return list_invoice_line_data_item

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
