from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, Self, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

T = TypeVar("T", bound="Charge")


@_attrs_define
class Charge:
    """A charge besides the profile."""

    created_at: datetime.datetime
    currency: str
    """ Of the price. """
    description: str
    """ Shown on the invoice line. """
    id: str
    """ Its id. """
    kind: str
    """ How it repeats. """
    starts_at: datetime.datetime
    status: str
    """ Of a one-time charge `pending`, `invoiced` or `withdrawn`; of others `scheduled`, `active`
    or `ended`. """
    taxable: bool
    """ Whether tax is due on it. """
    tenant_id: str
    """ Whose. """
    unit_price: str
    version: int
    """ Grows with each change; the `ETag`. """
    ends_at: datetime.datetime | None | Unset = UNSET
    invoice_id: None | str | Unset = UNSET
    """ The invoice that carries it, of a one-time charge. """
    quantity: None | str | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        created_at = self.created_at.isoformat()

        currency = self.currency

        description = self.description

        id = self.id

        kind = self.kind

        starts_at = self.starts_at.isoformat()

        status = self.status

        taxable = self.taxable

        tenant_id = self.tenant_id

        unit_price = self.unit_price

        version = self.version

        ends_at: None | str | Unset
        if isinstance(self.ends_at, Unset):
            ends_at = UNSET
        elif isinstance(self.ends_at, datetime.datetime):
            ends_at = self.ends_at.isoformat()
        else:
            ends_at = self.ends_at

        invoice_id: None | str | Unset
        if isinstance(self.invoice_id, Unset):
            invoice_id = UNSET
        else:
            invoice_id = self.invoice_id

        quantity: None | str | Unset
        if isinstance(self.quantity, Unset):
            quantity = UNSET
        else:
            quantity = self.quantity

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "created_at": created_at,
                "currency": currency,
                "description": description,
                "id": id,
                "kind": kind,
                "starts_at": starts_at,
                "status": status,
                "taxable": taxable,
                "tenant_id": tenant_id,
                "unit_price": unit_price,
                "version": version,
            }
        )
        if ends_at is not UNSET:
            field_dict["ends_at"] = ends_at
        if invoice_id is not UNSET:
            field_dict["invoice_id"] = invoice_id
        if quantity is not UNSET:
            field_dict["quantity"] = quantity

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)
        created_at = datetime.datetime.fromisoformat(d.pop("created_at"))

        currency = d.pop("currency")

        description = d.pop("description")

        id = d.pop("id")

        kind = d.pop("kind")

        starts_at = datetime.datetime.fromisoformat(d.pop("starts_at"))

        status = d.pop("status")

        taxable = d.pop("taxable")

        tenant_id = d.pop("tenant_id")

        unit_price = d.pop("unit_price")

        version = d.pop("version")

        def _parse_ends_at(data: object) -> datetime.datetime | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                ends_at_type_0 = datetime.datetime.fromisoformat(data)

                return ends_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None | Unset, data)

        ends_at = _parse_ends_at(d.pop("ends_at", UNSET))

        def _parse_invoice_id(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        invoice_id = _parse_invoice_id(d.pop("invoice_id", UNSET))

        def _parse_quantity(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        quantity = _parse_quantity(d.pop("quantity", UNSET))

        charge = cls(
            created_at=created_at,
            currency=currency,
            description=description,
            id=id,
            kind=kind,
            starts_at=starts_at,
            status=status,
            taxable=taxable,
            tenant_id=tenant_id,
            unit_price=unit_price,
            version=version,
            ends_at=ends_at,
            invoice_id=invoice_id,
            quantity=quantity,
        )

        charge.additional_properties = d
        return charge

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
