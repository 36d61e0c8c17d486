from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self, TypeVar

from attrs import define as _attrs_define

T = TypeVar("T", bound="NewExtension")


@_attrs_define
class NewExtension:
    """An extension for a tenant."""

    name: str
    """ As the switch knows it, without the SIP prefix; it is never changed. """
    tenant_id: str
    """ Whose it will be. """

    def to_dict(self) -> dict[str, Any]:
        name = self.name

        tenant_id = self.tenant_id

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "name": name,
                "tenant_id": tenant_id,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)
        name = d.pop("name")

        tenant_id = d.pop("tenant_id")

        new_extension = cls(
            name=name,
            tenant_id=tenant_id,
        )

        return new_extension
