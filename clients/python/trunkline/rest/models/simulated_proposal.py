from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Self, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.amounts import Amounts


T = TypeVar("T", bound="SimulatedProposal")


@_attrs_define
class SimulatedProposal:
    """What a proposal would have meant."""

    amounts: Amounts
    """ Sums of invoices. """
    difference: str
    proposal: int
    """ Its place in the request, from 0. """
    total_difference: str
    unrated_calls: int
    """ Calls for which the proposal has no rate. They count nothing. """
    margin: None | str | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        amounts = self.amounts.to_dict()

        difference = self.difference

        proposal = self.proposal

        total_difference = self.total_difference

        unrated_calls = self.unrated_calls

        margin: None | str | Unset
        if isinstance(self.margin, Unset):
            margin = UNSET
        else:
            margin = self.margin

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "amounts": amounts,
                "difference": difference,
                "proposal": proposal,
                "total_difference": total_difference,
                "unrated_calls": unrated_calls,
            }
        )
        if margin is not UNSET:
            field_dict["margin"] = margin

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        from ..models.amounts import Amounts

        d = dict(src_dict)
        amounts = Amounts.from_dict(d.pop("amounts"))

        difference = d.pop("difference")

        proposal = d.pop("proposal")

        total_difference = d.pop("total_difference")

        unrated_calls = d.pop("unrated_calls")

        def _parse_margin(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        margin = _parse_margin(d.pop("margin", UNSET))

        simulated_proposal = cls(
            amounts=amounts,
            difference=difference,
            proposal=proposal,
            total_difference=total_difference,
            unrated_calls=unrated_calls,
            margin=margin,
        )

        simulated_proposal.additional_properties = d
        return simulated_proposal

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
