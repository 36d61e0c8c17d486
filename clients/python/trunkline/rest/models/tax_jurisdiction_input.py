from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self, TypeVar, cast

from attrs import define as _attrs_define

from ..types import UNSET, Unset

T = TypeVar("T", bound="TaxJurisdictionInput")


@_attrs_define
class TaxJurisdictionInput:
    """A tax jurisdiction to be. The rates are yours: nothing here judges whether they are right."""

    code: str
    """ What tenants name it by: 1 to 40 letters, digits, dots, dashes and underscores, for good. """
    name: str
    """ Shown on the invoice's tax line. """
    rate: str
    """ A share below 1, with up to 6 decimals: 0.085 is 8.5 %. """
    enabled: bool | None | Unset = UNSET
    """ Whether new invoices carry it; on where this is left out. """

    def to_dict(self) -> dict[str, Any]:
        code = self.code

        name = self.name

        rate = self.rate

        enabled: bool | None | Unset
        if isinstance(self.enabled, Unset):
            enabled = UNSET
        else:
            enabled = self.enabled

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "code": code,
                "name": name,
                "rate": rate,
            }
        )
        if enabled is not UNSET:
            field_dict["enabled"] = enabled

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)
        code = d.pop("code")

        name = d.pop("name")

        rate = d.pop("rate")

        def _parse_enabled(data: object) -> bool | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(bool | None | Unset, data)

        enabled = _parse_enabled(d.pop("enabled", UNSET))

        tax_jurisdiction_input = cls(
            code=code,
            name=name,
            rate=rate,
            enabled=enabled,
        )

        return tax_jurisdiction_input
