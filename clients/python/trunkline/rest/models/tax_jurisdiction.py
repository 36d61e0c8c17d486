from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="TaxJurisdiction")


@_attrs_define
class TaxJurisdiction:
    """A tax that invoices may carry."""

    code: str
    """ What tenants name it by; never changed. """
    enabled: bool
    """ Whether new invoices carry it. """
    id: str
    """ Its id. """
    name: str
    """ Shown on the invoice's tax line. """
    rate: str
    version: int
    """ Grows with each change; the `ETag`. """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        code = self.code

        enabled = self.enabled

        id = self.id

        name = self.name

        rate = self.rate

        version = self.version

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "code": code,
                "enabled": enabled,
                "id": id,
                "name": name,
                "rate": rate,
                "version": version,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)
        code = d.pop("code")

        enabled = d.pop("enabled")

        id = d.pop("id")

        name = d.pop("name")

        rate = d.pop("rate")

        version = d.pop("version")

        tax_jurisdiction = cls(
            code=code,
            enabled=enabled,
            id=id,
            name=name,
            rate=rate,
            version=version,
        )

        tax_jurisdiction.additional_properties = d
        return tax_jurisdiction

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
