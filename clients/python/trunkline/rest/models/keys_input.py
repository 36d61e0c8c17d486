from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self, TypeVar

from attrs import define as _attrs_define

T = TypeVar("T", bound="KeysInput")


@_attrs_define
class KeysInput:
    """The partner's own keys."""

    publishable_key: str
    """ `pk_live_…` or `pk_test_…`, of the same kind. """
    secret_key: str
    """ `sk_live_…` or `sk_test_…`; kept sealed, never shown again. """

    def to_dict(self) -> dict[str, Any]:
        publishable_key = self.publishable_key

        secret_key = self.secret_key

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "publishable_key": publishable_key,
                "secret_key": secret_key,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)
        publishable_key = d.pop("publishable_key")

        secret_key = d.pop("secret_key")

        keys_input = cls(
            publishable_key=publishable_key,
            secret_key=secret_key,
        )

        return keys_input
