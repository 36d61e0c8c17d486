from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self, TypeVar, cast

from attrs import define as _attrs_define

from ..types import UNSET, Unset

T = TypeVar("T", bound="ApiKeyEdit")


@_attrs_define
class ApiKeyEdit:
    """What changes of a key. What is left out stays."""

    scopes: list[str] | None | Unset = UNSET
    """ What it may do. """
    tenant_ids: list[str] | None | Unset = UNSET
    """ The only tenants it reaches; null for all. """

    def to_dict(self) -> dict[str, Any]:
        scopes: list[str] | None | Unset
        if isinstance(self.scopes, Unset):
            scopes = UNSET
        elif isinstance(self.scopes, list):
            scopes = self.scopes

        else:
            scopes = self.scopes

        tenant_ids: list[str] | None | Unset
        if isinstance(self.tenant_ids, Unset):
            tenant_ids = UNSET
        elif isinstance(self.tenant_ids, list):
            tenant_ids = self.tenant_ids

        else:
            tenant_ids = self.tenant_ids

        field_dict: dict[str, Any] = {}

        field_dict.update({})
        if scopes is not UNSET:
            field_dict["scopes"] = scopes
        if tenant_ids is not UNSET:
            field_dict["tenant_ids"] = tenant_ids

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)

        def _parse_scopes(data: object) -> list[str] | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, list):
                    raise TypeError()
                scopes_type_0 = cast(list[str], data)

                return scopes_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(list[str] | None | Unset, data)

        scopes = _parse_scopes(d.pop("scopes", UNSET))

        def _parse_tenant_ids(data: object) -> list[str] | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, list):
                    raise TypeError()
                tenant_ids_type_0 = cast(list[str], data)

                return tenant_ids_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(list[str] | None | Unset, data)

        tenant_ids = _parse_tenant_ids(d.pop("tenant_ids", UNSET))

        api_key_edit = cls(
            scopes=scopes,
            tenant_ids=tenant_ids,
        )

        return api_key_edit
