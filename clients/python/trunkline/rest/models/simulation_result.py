from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Self, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.simulation_totals import SimulationTotals
    from ..models.tenant_simulation import TenantSimulation


T = TypeVar("T", bound="SimulationResult")


@_attrs_define
class SimulationResult:
    """A page of tenants, as billed and under each proposal."""

    cost_currency: str
    """ Of `call_cost`: what the operator charges in. """
    data: list[TenantSimulation]
    """ The tenants, in the order in which they were created. """
    has_more: bool
    """ Whether there are more tenants. """
    totals: list[SimulationTotals]
    """ The tenants of this page together, by currency. """
    next_cursor: None | str | Unset = UNSET
    """ Send it as `starting_after`, with the same body, for the tenants after these. """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        cost_currency = self.cost_currency

        data = []
        for data_item_data in self.data:
            data_item = data_item_data.to_dict()
            data.append(data_item)

        has_more = self.has_more

        totals = []
        for totals_item_data in self.totals:
            totals_item = totals_item_data.to_dict()
            totals.append(totals_item)

        next_cursor: None | str | Unset
        if isinstance(self.next_cursor, Unset):
            next_cursor = UNSET
        else:
            next_cursor = self.next_cursor

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "cost_currency": cost_currency,
                "data": data,
                "has_more": has_more,
                "totals": totals,
            }
        )
        if next_cursor is not UNSET:
            field_dict["next_cursor"] = next_cursor

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        from ..models.simulation_totals import SimulationTotals
        from ..models.tenant_simulation import TenantSimulation

        d = dict(src_dict)
        cost_currency = d.pop("cost_currency")

        data = []
        _data = d.pop("data")
        for data_item_data in _data:
            data_item = TenantSimulation.from_dict(data_item_data)

            data.append(data_item)

        has_more = d.pop("has_more")

        totals = []
        _totals = d.pop("totals")
        for totals_item_data in _totals:
            totals_item = SimulationTotals.from_dict(totals_item_data)

            totals.append(totals_item)

        def _parse_next_cursor(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        next_cursor = _parse_next_cursor(d.pop("next_cursor", UNSET))

        simulation_result = cls(
            cost_currency=cost_currency,
            data=data,
            has_more=has_more,
            totals=totals,
            next_cursor=next_cursor,
        )

        simulation_result.additional_properties = d
        return simulation_result

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
