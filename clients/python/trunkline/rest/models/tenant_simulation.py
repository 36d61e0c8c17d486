from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Self, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.amounts import Amounts
    from ..models.simulated_proposal import SimulatedProposal


T = TypeVar("T", bound="TenantSimulation")


@_attrs_define
class TenantSimulation:
    """A tenant's closed periods, as billed and under each proposal."""

    actual: Amounts
    """ Sums of invoices. """
    call_cost: str
    currency: str
    """ Of its amounts. """
    periods: int
    """ How many closed periods were found. """
    proposals: list[SimulatedProposal]
    """ Each proposal, the cheapest for the tenant first; of equal ones the earlier. """
    tenant_id: str
    """ Whose. """
    tenant_name: str
    """ Its name. """
    actual_margin: None | str | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        actual = self.actual.to_dict()

        call_cost = self.call_cost

        currency = self.currency

        periods = self.periods

        proposals = []
        for proposals_item_data in self.proposals:
            proposals_item = proposals_item_data.to_dict()
            proposals.append(proposals_item)

        tenant_id = self.tenant_id

        tenant_name = self.tenant_name

        actual_margin: None | str | Unset
        if isinstance(self.actual_margin, Unset):
            actual_margin = UNSET
        else:
            actual_margin = self.actual_margin

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "actual": actual,
                "call_cost": call_cost,
                "currency": currency,
                "periods": periods,
                "proposals": proposals,
                "tenant_id": tenant_id,
                "tenant_name": tenant_name,
            }
        )
        if actual_margin is not UNSET:
            field_dict["actual_margin"] = actual_margin

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        from ..models.amounts import Amounts
        from ..models.simulated_proposal import SimulatedProposal

        d = dict(src_dict)
        actual = Amounts.from_dict(d.pop("actual"))

        call_cost = d.pop("call_cost")

        currency = d.pop("currency")

        periods = d.pop("periods")

        proposals = []
        _proposals = d.pop("proposals")
        for proposals_item_data in _proposals:
            proposals_item = SimulatedProposal.from_dict(proposals_item_data)

            proposals.append(proposals_item)

        tenant_id = d.pop("tenant_id")

        tenant_name = d.pop("tenant_name")

        def _parse_actual_margin(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        actual_margin = _parse_actual_margin(d.pop("actual_margin", UNSET))

        tenant_simulation = cls(
            actual=actual,
            call_cost=call_cost,
            currency=currency,
            periods=periods,
            proposals=proposals,
            tenant_id=tenant_id,
            tenant_name=tenant_name,
            actual_margin=actual_margin,
        )

        tenant_simulation.additional_properties = d
        return tenant_simulation

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
