from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, Self, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

T = TypeVar("T", bound="PaymentMethod")


@_attrs_define
class PaymentMethod:
    """A saved card or bank account: what may be shown of it, never its number."""

    brand: str
    """ The card's brand or the bank's name. """
    created_at: datetime.datetime
    default: bool
    """ Whether it is charged where none is named. """
    expired: bool
    """ Whether that month is over. """
    id: str
    """ Its id. """
    last_four: str
    """ The last four digits. """
    status: str
    """ `pending_verification`: a bank account that cannot be charged yet; `needs_reentry`: saved on
    an account that is not used any more. """
    type_: str
    """ `card` or `us_bank_account`. """
    expires_month: int | None | Unset = UNSET
    """ A card's last month. """
    expires_year: int | None | Unset = UNSET
    """ Its year. """
    tenant_id: None | str | Unset = UNSET
    """ Whose; none for the partner's own, for what the operator charges. """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        brand = self.brand

        created_at = self.created_at.isoformat()

        default = self.default

        expired = self.expired

        id = self.id

        last_four = self.last_four

        status = self.status

        type_ = self.type_

        expires_month: int | None | Unset
        if isinstance(self.expires_month, Unset):
            expires_month = UNSET
        else:
            expires_month = self.expires_month

        expires_year: int | None | Unset
        if isinstance(self.expires_year, Unset):
            expires_year = UNSET
        else:
            expires_year = self.expires_year

        tenant_id: None | str | Unset
        if isinstance(self.tenant_id, Unset):
            tenant_id = UNSET
        else:
            tenant_id = self.tenant_id

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "brand": brand,
                "created_at": created_at,
                "default": default,
                "expired": expired,
                "id": id,
                "last_four": last_four,
                "status": status,
                "type": type_,
            }
        )
        if expires_month is not UNSET:
            field_dict["expires_month"] = expires_month
        if expires_year is not UNSET:
            field_dict["expires_year"] = expires_year
        if tenant_id is not UNSET:
            field_dict["tenant_id"] = tenant_id

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)
        brand = d.pop("brand")

        created_at = datetime.datetime.fromisoformat(d.pop("created_at"))

        default = d.pop("default")

        expired = d.pop("expired")

        id = d.pop("id")

        last_four = d.pop("last_four")

        status = d.pop("status")

        type_ = d.pop("type")

        def _parse_expires_month(data: object) -> int | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(int | None | Unset, data)

        expires_month = _parse_expires_month(d.pop("expires_month", UNSET))

        def _parse_expires_year(data: object) -> int | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(int | None | Unset, data)

        expires_year = _parse_expires_year(d.pop("expires_year", UNSET))

        def _parse_tenant_id(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        tenant_id = _parse_tenant_id(d.pop("tenant_id", UNSET))

        payment_method = cls(
            brand=brand,
            created_at=created_at,
            default=default,
            expired=expired,
            id=id,
            last_four=last_four,
            status=status,
            type_=type_,
            expires_month=expires_month,
            expires_year=expires_year,
            tenant_id=tenant_id,
        )

        payment_method.additional_properties = d
        return payment_method

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
