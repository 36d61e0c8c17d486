from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self, TypeVar, cast

from attrs import define as _attrs_define

T = TypeVar("T", bound="TenantTaxJurisdictions")


@_attrs_define
class TenantTaxJurisdictions:
    """The tax jurisdictions of a tenant."""

    codes: list[str]
    """ Their codes: none, one or several, at most 20. Several add up, none compounds. """

    def to_dict(self) -> dict[str, Any]:
        codes = self.codes

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "codes": codes,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)
        codes = cast(list[str], d.pop("codes"))

        tenant_tax_jurisdictions = cls(
            codes=codes,
        )

        return tenant_tax_jurisdictions
