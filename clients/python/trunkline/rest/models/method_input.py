from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self, TypeVar, cast

from attrs import define as _attrs_define

from ..types import UNSET, Unset

T = TypeVar("T", bound="MethodInput")


@_attrs_define
class MethodInput:
    """A method to be saved."""

    tenant_id: None | str | Unset = UNSET
    """ Whose; the partner's own where this is left out. """
    test_method: None | str | Unset = UNSET
    """ In the sandbox: the test method that fills it in at once, such as `visa` or `bank`. """
    type_: None | str | Unset = UNSET
    """ `card` or `us_bank_account`; a card where this is left out. """

    def to_dict(self) -> dict[str, Any]:
        tenant_id: None | str | Unset
        if isinstance(self.tenant_id, Unset):
            tenant_id = UNSET
        else:
            tenant_id = self.tenant_id

        test_method: None | str | Unset
        if isinstance(self.test_method, Unset):
            test_method = UNSET
        else:
            test_method = self.test_method

        type_: None | str | Unset
        if isinstance(self.type_, Unset):
            type_ = UNSET
        else:
            type_ = self.type_

        field_dict: dict[str, Any] = {}

        field_dict.update({})
        if tenant_id is not UNSET:
            field_dict["tenant_id"] = tenant_id
        if test_method is not UNSET:
            field_dict["test_method"] = test_method
        if type_ is not UNSET:
            field_dict["type"] = type_

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)

        def _parse_tenant_id(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        tenant_id = _parse_tenant_id(d.pop("tenant_id", UNSET))

        def _parse_test_method(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        test_method = _parse_test_method(d.pop("test_method", UNSET))

        def _parse_type_(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        type_ = _parse_type_(d.pop("type", UNSET))

        method_input = cls(
            tenant_id=tenant_id,
            test_method=test_method,
            type_=type_,
        )

        return method_input
