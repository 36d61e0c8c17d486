from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self, TypeVar, cast

from attrs import define as _attrs_define

from ..types import UNSET, Unset

T = TypeVar("T", bound="MethodConfirmInput")


@_attrs_define
class MethodConfirmInput:
    """How the saving of a method goes on."""

    amounts: list[int] | None | Unset = UNSET
    """ The two amounts, in cents, that arrived on a bank account. """
    test_method: None | str | Unset = UNSET
    """ In the sandbox: the test method that fills it in. """

    def to_dict(self) -> dict[str, Any]:
        amounts: list[int] | None | Unset
        if isinstance(self.amounts, Unset):
            amounts = UNSET
        elif isinstance(self.amounts, list):
            amounts = self.amounts

        else:
            amounts = self.amounts

        test_method: None | str | Unset
        if isinstance(self.test_method, Unset):
            test_method = UNSET
        else:
            test_method = self.test_method

        field_dict: dict[str, Any] = {}

        field_dict.update({})
        if amounts is not UNSET:
            field_dict["amounts"] = amounts
        if test_method is not UNSET:
            field_dict["test_method"] = test_method

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)

        def _parse_amounts(data: object) -> list[int] | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, list):
                    raise TypeError()
                amounts_type_0 = cast(list[int], data)

                return amounts_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(list[int] | None | Unset, data)

        amounts = _parse_amounts(d.pop("amounts", UNSET))

        def _parse_test_method(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        test_method = _parse_test_method(d.pop("test_method", UNSET))

        method_confirm_input = cls(
            amounts=amounts,
            test_method=test_method,
        )

        return method_confirm_input
