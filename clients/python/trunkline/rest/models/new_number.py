from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self, TypeVar

from attrs import define as _attrs_define

T = TypeVar("T", bound="NewNumber")


@_attrs_define
class NewNumber:
    """A number for a tenant."""

    number: str
    """ E.164. """
    tenant_id: str
    """ Whose it will be. """

    def to_dict(self) -> dict[str, Any]:
        number = self.number

        tenant_id = self.tenant_id

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "number": number,
                "tenant_id": tenant_id,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)
        number = d.pop("number")

        tenant_id = d.pop("tenant_id")

        new_number = cls(
            number=number,
            tenant_id=tenant_id,
        )

        return new_number
