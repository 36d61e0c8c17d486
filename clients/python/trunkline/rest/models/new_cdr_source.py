from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self, TypeVar, cast

from attrs import define as _attrs_define

from ..types import UNSET, Unset

T = TypeVar("T", bound="NewCdrSource")


@_attrs_define
class NewCdrSource:
    """A source of call records to be."""

    name: str
    """ Its name, unique per owner. """
    partner_id: None | str | Unset = UNSET
    """ The only partner it serves; left out where it is the operator's and serves all. """

    def to_dict(self) -> dict[str, Any]:
        name = self.name

        partner_id: None | str | Unset
        if isinstance(self.partner_id, Unset):
            partner_id = UNSET
        else:
            partner_id = self.partner_id

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "name": name,
            }
        )
        if partner_id is not UNSET:
            field_dict["partner_id"] = partner_id

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)
        name = d.pop("name")

        def _parse_partner_id(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        partner_id = _parse_partner_id(d.pop("partner_id", UNSET))

        new_cdr_source = cls(
            name=name,
            partner_id=partner_id,
        )

        return new_cdr_source
