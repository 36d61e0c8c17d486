from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, Self, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

T = TypeVar("T", bound="ListUserDataItem")


@_attrs_define
class ListUserDataItem:
    """Somebody who signs in, or is invited to."""

    created_at: datetime.datetime
    email: str
    """ Where its mails go, and the name to sign in with. """
    email_verified: bool
    """ Whether the address is confirmed. """
    id: str
    """ Its id. """
    name: str
    """ For people. """
    role: str
    """ What it may do. """
    status: str
    """ `invited` until a password is set. """
    two_factor: bool
    """ Whether a code is asked for at each sign-in. """
    version: int
    """ Grows with each change; the `ETag` of the user. """
    invited_until: datetime.datetime | None | Unset = UNSET
    last_login_at: datetime.datetime | None | Unset = UNSET
    tenant_id: None | str | Unset = UNSET
    """ The tenant whose it is; absent for the partner's own people. """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        created_at = self.created_at.isoformat()

        email = self.email

        email_verified = self.email_verified

        id = self.id

        name = self.name

        role = self.role

        status = self.status

        two_factor = self.two_factor

        version = self.version

        invited_until: None | str | Unset
        if isinstance(self.invited_until, Unset):
            invited_until = UNSET
        elif isinstance(self.invited_until, datetime.datetime):
            invited_until = self.invited_until.isoformat()
        else:
            invited_until = self.invited_until

        last_login_at: None | str | Unset
        if isinstance(self.last_login_at, Unset):
            last_login_at = UNSET
        elif isinstance(self.last_login_at, datetime.datetime):
            last_login_at = self.last_login_at.isoformat()
        else:
            last_login_at = self.last_login_at

        tenant_id: None | str | Unset
        if isinstance(self.tenant_id, Unset):
            tenant_id = UNSET
        else:
            tenant_id = self.tenant_id

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "created_at": created_at,
                "email": email,
                "email_verified": email_verified,
                "id": id,
                "name": name,
                "role": role,
                "status": status,
                "two_factor": two_factor,
                "version": version,
            }
        )
        if invited_until is not UNSET:
            field_dict["invited_until"] = invited_until
        if last_login_at is not UNSET:
            field_dict["last_login_at"] = last_login_at
        if tenant_id is not UNSET:
            field_dict["tenant_id"] = tenant_id

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)
        created_at = datetime.datetime.fromisoformat(d.pop("created_at"))

        email = d.pop("email")

        email_verified = d.pop("email_verified")

        id = d.pop("id")

        name = d.pop("name")

        role = d.pop("role")

        status = d.pop("status")

        two_factor = d.pop("two_factor")

        version = d.pop("version")

        def _parse_invited_until(data: object) -> datetime.datetime | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                invited_until_type_0 = datetime.datetime.fromisoformat(data)

                return invited_until_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None | Unset, data)

        invited_until = _parse_invited_until(d.pop("invited_until", UNSET))

        def _parse_last_login_at(data: object) -> datetime.datetime | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                last_login_at_type_0 = datetime.datetime.fromisoformat(data)

                return last_login_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None | Unset, data)

        last_login_at = _parse_last_login_at(d.pop("last_login_at", UNSET))

        def _parse_tenant_id(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        tenant_id = _parse_tenant_id(d.pop("tenant_id", UNSET))

        list_user_data_item = cls(
            created_at=created_at,
            email=email,
            email_verified=email_verified,
            id=id,
            name=name,
            role=role,
            status=status,
            two_factor=two_factor,
            version=version,
            invited_until=invited_until,
            last_login_at=last_login_at,
            tenant_id=tenant_id,
        )

        list_user_data_item.additional_properties = d
        return list_user_data_item

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
