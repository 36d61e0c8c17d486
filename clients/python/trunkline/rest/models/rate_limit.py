from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self, TypeVar

from attrs import define as _attrs_define

T = TypeVar("T", bound="RateLimit")


@_attrs_define
class RateLimit:
    """A limit of requests."""

    rate_limit: int
    """ Requests a minute of all keys of the partner. """

    def to_dict(self) -> dict[str, Any]:
        rate_limit = self.rate_limit

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "rate_limit": rate_limit,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)
        rate_limit = d.pop("rate_limit")

        rate_limit = cls(
            rate_limit=rate_limit,
        )

        return rate_limit
