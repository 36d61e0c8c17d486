from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Self, TypeVar, cast

from attrs import define as _attrs_define

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.billing_profile_input import BillingProfileInput
    from ..models.proposed_deck_file import ProposedDeckFile


T = TypeVar("T", bound="ProposalInput")


@_attrs_define
class ProposalInput:
    """What to try: a profile or new terms, or each period's own; with their deck or another one."""

    billing_profile_id: None | str | Unset = UNSET
    """ A billing profile of yours. """
    billing_profile_version: int | None | Unset = UNSET
    """ A version of it; the latest where this is left out. """
    rate_deck: None | ProposedDeckFile | Unset = UNSET
    rate_deck_id: None | str | Unset = UNSET
    """ A rate deck of yours, instead of that of the terms; as if it had always been in force. """
    rate_deck_version: int | None | Unset = UNSET
    """ A version of it; the latest where this is left out. """
    terms: BillingProfileInput | None | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        from ..models.billing_profile_input import BillingProfileInput
        from ..models.proposed_deck_file import ProposedDeckFile

        billing_profile_id: None | str | Unset
        if isinstance(self.billing_profile_id, Unset):
            billing_profile_id = UNSET
        else:
            billing_profile_id = self.billing_profile_id

        billing_profile_version: int | None | Unset
        if isinstance(self.billing_profile_version, Unset):
            billing_profile_version = UNSET
        else:
            billing_profile_version = self.billing_profile_version

        rate_deck: dict[str, Any] | None | Unset
        if isinstance(self.rate_deck, Unset):
            rate_deck = UNSET
        elif isinstance(self.rate_deck, ProposedDeckFile):
            rate_deck = self.rate_deck.to_dict()
        else:
            rate_deck = self.rate_deck

        rate_deck_id: None | str | Unset
        if isinstance(self.rate_deck_id, Unset):
            rate_deck_id = UNSET
        else:
            rate_deck_id = self.rate_deck_id

        rate_deck_version: int | None | Unset
        if isinstance(self.rate_deck_version, Unset):
            rate_deck_version = UNSET
        else:
            rate_deck_version = self.rate_deck_version

        terms: dict[str, Any] | None | Unset
        if isinstance(self.terms, Unset):
            terms = UNSET
        elif isinstance(self.terms, BillingProfileInput):
            terms = self.terms.to_dict()
        else:
            terms = self.terms

        field_dict: dict[str, Any] = {}

        field_dict.update({})
        if billing_profile_id is not UNSET:
            field_dict["billing_profile_id"] = billing_profile_id
        if billing_profile_version is not UNSET:
            field_dict["billing_profile_version"] = billing_profile_version
        if rate_deck is not UNSET:
            field_dict["rate_deck"] = rate_deck
        if rate_deck_id is not UNSET:
            field_dict["rate_deck_id"] = rate_deck_id
        if rate_deck_version is not UNSET:
            field_dict["rate_deck_version"] = rate_deck_version
        if terms is not UNSET:
            field_dict["terms"] = terms

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        from ..models.billing_profile_input import BillingProfileInput
        from ..models.proposed_deck_file import ProposedDeckFile

        d = dict(src_dict)

        def _parse_billing_profile_id(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        billing_profile_id = _parse_billing_profile_id(
            d.pop("billing_profile_id", UNSET)
        )

        def _parse_billing_profile_version(data: object) -> int | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(int | None | Unset, data)

        billing_profile_version = _parse_billing_profile_version(
            d.pop("billing_profile_version", UNSET)
        )

        def _parse_rate_deck(data: object) -> None | ProposedDeckFile | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                rate_deck_type_0 = ProposedDeckFile.from_dict(data)

                return rate_deck_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | ProposedDeckFile | Unset, data)

        rate_deck = _parse_rate_deck(d.pop("rate_deck", UNSET))

        def _parse_rate_deck_id(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        rate_deck_id = _parse_rate_deck_id(d.pop("rate_deck_id", UNSET))

        def _parse_rate_deck_version(data: object) -> int | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(int | None | Unset, data)

        rate_deck_version = _parse_rate_deck_version(d.pop("rate_deck_version", UNSET))

        def _parse_terms(data: object) -> BillingProfileInput | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                terms_type_0 = BillingProfileInput.from_dict(data)

                return terms_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(BillingProfileInput | None | Unset, data)

        terms = _parse_terms(d.pop("terms", UNSET))

        proposal_input = cls(
            billing_profile_id=billing_profile_id,
            billing_profile_version=billing_profile_version,
            rate_deck=rate_deck,
            rate_deck_id=rate_deck_id,
            rate_deck_version=rate_deck_version,
            terms=terms,
        )

        return proposal_input
