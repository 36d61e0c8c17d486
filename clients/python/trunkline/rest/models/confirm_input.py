from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self, TypeVar, cast

from attrs import define as _attrs_define

from ..models.authentication import Authentication, check_authentication
from ..types import UNSET, Unset

T = TypeVar("T", bound="ConfirmInput")


@_attrs_define
class ConfirmInput:
    """What a payer did."""

    authentication: Authentication | None | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        authentication: None | str | Unset
        if isinstance(self.authentication, Unset):
            authentication = UNSET
        elif isinstance(self.authentication, str):
            authentication = self.authentication
        else:
            authentication = self.authentication

        field_dict: dict[str, Any] = {}

        field_dict.update({})
        if authentication is not UNSET:
            field_dict["authentication"] = authentication

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)

        def _parse_authentication(data: object) -> Authentication | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                authentication_type_0 = check_authentication(data)

                return authentication_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(Authentication | None | Unset, data)

        authentication = _parse_authentication(d.pop("authentication", UNSET))

        confirm_input = cls(
            authentication=authentication,
        )

        return confirm_input
