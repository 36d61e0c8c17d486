from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self, TypeVar

from attrs import define as _attrs_define

T = TypeVar("T", bound="Operator")


@_attrs_define
class Operator:
    """Who runs the platform."""

    currency: str
    """ What partners are charged in. """
    home_country: str
    """ The two-letter country whose numbering area is home. """
    name: str
    """ Its name. """

    def to_dict(self) -> dict[str, Any]:
        currency = self.currency

        home_country = self.home_country

        name = self.name

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "currency": currency,
                "home_country": home_country,
                "name": name,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)
        currency = d.pop("currency")

        home_country = d.pop("home_country")

        name = d.pop("name")

        operator = cls(
            currency=currency,
            home_country=home_country,
            name=name,
        )

        return operator
