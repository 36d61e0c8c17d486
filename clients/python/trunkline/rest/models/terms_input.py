from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Self, TypeVar, cast

from attrs import define as _attrs_define

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.figures import Figures


T = TypeVar("T", bound="TermsInput")


@_attrs_define
class TermsInput:
    """Terms from an instant on."""

    tier: str
    """ `starter`, `professional`, `business`, or `enterprise` with figures of its own. """
    effective_from: datetime.datetime | None | Unset = UNSET
    """ The first instant at which they apply; now where this is left out. """
    figures: Figures | None | Unset = UNSET
    rate_deck_id: None | str | Unset = UNSET
    """ A deck of the operator that prices calls before the minute rates do. """

    def to_dict(self) -> dict[str, Any]:
        from ..models.figures import Figures

        tier = self.tier

        effective_from: None | str | Unset
        if isinstance(self.effective_from, Unset):
            effective_from = UNSET
        elif isinstance(self.effective_from, datetime.datetime):
            effective_from = self.effective_from.isoformat()
        else:
            effective_from = self.effective_from

        figures: dict[str, Any] | None | Unset
        if isinstance(self.figures, Unset):
            figures = UNSET
        elif isinstance(self.figures, Figures):
            figures = self.figures.to_dict()
        else:
            figures = self.figures

        rate_deck_id: None | str | Unset
        if isinstance(self.rate_deck_id, Unset):
            rate_deck_id = UNSET
        else:
            rate_deck_id = self.rate_deck_id

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "tier": tier,
            }
        )
        if effective_from is not UNSET:
            field_dict["effective_from"] = effective_from
        if figures is not UNSET:
            field_dict["figures"] = figures
        if rate_deck_id is not UNSET:
            field_dict["rate_deck_id"] = rate_deck_id

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        from ..models.figures import Figures

        d = dict(src_dict)
        tier = d.pop("tier")

        def _parse_effective_from(data: object) -> datetime.datetime | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                effective_from_type_0 = datetime.datetime.fromisoformat(data)

                return effective_from_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None | Unset, data)

        effective_from = _parse_effective_from(d.pop("effective_from", UNSET))

        def _parse_figures(data: object) -> Figures | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                figures_type_0 = Figures.from_dict(data)

                return figures_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(Figures | None | Unset, data)

        figures = _parse_figures(d.pop("figures", UNSET))

        def _parse_rate_deck_id(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        rate_deck_id = _parse_rate_deck_id(d.pop("rate_deck_id", UNSET))

        terms_input = cls(
            tier=tier,
            effective_from=effective_from,
            figures=figures,
            rate_deck_id=rate_deck_id,
        )

        return terms_input
