from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self, TypeVar, cast

from attrs import define as _attrs_define

from ..types import UNSET, Unset

T = TypeVar("T", bound="NewInvitation")


@_attrs_define
class NewInvitation:
    """Somebody to be invited."""

    email: str
    """ Where the invitation goes, and the name to sign in with. """
    name: str
    """ For people. """
    role: str
    """ `partner_admin` or `partner_user`; for a tenant's people `tenant_admin` or `tenant_user`. """
    tenant_id: None | str | Unset = UNSET
    """ The tenant whose it becomes; the partner's own where this is left out. """

    def to_dict(self) -> dict[str, Any]:
        email = self.email

        name = self.name

        role = self.role

        tenant_id: None | str | Unset
        if isinstance(self.tenant_id, Unset):
            tenant_id = UNSET
        else:
            tenant_id = self.tenant_id

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "email": email,
                "name": name,
                "role": role,
            }
        )
        if tenant_id is not UNSET:
            field_dict["tenant_id"] = tenant_id

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)
        email = d.pop("email")

        name = d.pop("name")

        role = d.pop("role")

        def _parse_tenant_id(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        tenant_id = _parse_tenant_id(d.pop("tenant_id", UNSET))

        new_invitation = cls(
            email=email,
            name=name,
            role=role,
            tenant_id=tenant_id,
        )

        return new_invitation
