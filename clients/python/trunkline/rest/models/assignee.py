from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self, TypeVar

from attrs import define as _attrs_define

T = TypeVar("T", bound="Assignee")


@_attrs_define
class Assignee:
    """Who gets a number."""

    tenant_id: str
    """ Whose it will be. """

    def to_dict(self) -> dict[str, Any]:
        tenant_id = self.tenant_id

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "tenant_id": tenant_id,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)
        tenant_id = d.pop("tenant_id")

        assignee = cls(
            tenant_id=tenant_id,
        )

        return assignee
