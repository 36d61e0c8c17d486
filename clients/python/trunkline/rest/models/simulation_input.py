from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Self, TypeVar, cast

from attrs import define as _attrs_define

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.proposal_input import ProposalInput


T = TypeVar("T", bound="SimulationInput")


@_attrs_define
class SimulationInput:
    """What to simulate."""

    from_: datetime.date
    """ Closed periods whose first day, in the tenant's zone, is this or a later one … """
    proposals: list[ProposalInput]
    """ What to try, 1 to 10. """
    to: datetime.date
    """ … and before this one. """
    tenant_ids: list[str] | None | Unset = UNSET
    """ Only these tenants; all that the key reaches where this is left out. """

    def to_dict(self) -> dict[str, Any]:
        from_ = self.from_.isoformat()

        proposals = []
        for proposals_item_data in self.proposals:
            proposals_item = proposals_item_data.to_dict()
            proposals.append(proposals_item)

        to = self.to.isoformat()

        tenant_ids: list[str] | None | Unset
        if isinstance(self.tenant_ids, Unset):
            tenant_ids = UNSET
        elif isinstance(self.tenant_ids, list):
            tenant_ids = self.tenant_ids

        else:
            tenant_ids = self.tenant_ids

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "from": from_,
                "proposals": proposals,
                "to": to,
            }
        )
        if tenant_ids is not UNSET:
            field_dict["tenant_ids"] = tenant_ids

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        from ..models.proposal_input import ProposalInput

        d = dict(src_dict)
        from_ = datetime.date.fromisoformat(d.pop("from"))

        proposals = []
        _proposals = d.pop("proposals")
        for proposals_item_data in _proposals:
            proposals_item = ProposalInput.from_dict(proposals_item_data)

            proposals.append(proposals_item)

        to = datetime.date.fromisoformat(d.pop("to"))

        def _parse_tenant_ids(data: object) -> list[str] | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, list):
                    raise TypeError()
                tenant_ids_type_0 = cast(list[str], data)

                return tenant_ids_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(list[str] | None | Unset, data)

        tenant_ids = _parse_tenant_ids(d.pop("tenant_ids", UNSET))

        simulation_input = cls(
            from_=from_,
            proposals=proposals,
            to=to,
            tenant_ids=tenant_ids,
        )

        return simulation_input
