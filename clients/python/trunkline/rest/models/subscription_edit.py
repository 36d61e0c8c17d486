from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self, TypeVar, cast

from attrs import define as _attrs_define

from ..types import UNSET, Unset

T = TypeVar("T", bound="SubscriptionEdit")


@_attrs_define
class SubscriptionEdit:
    """What changes of a partner's subscription. What is left out stays."""

    billing: None | str | Unset = UNSET
    """ `prepaid`: fees by its payment method, usage from its wallet; `on_account`: settled outside
    the platform. """
    enterprise_fee: None | str | Unset = UNSET
    suspended: bool | None | Unset = UNSET
    """ True suspends the partner; false lifts the operator's own suspension. """

    def to_dict(self) -> dict[str, Any]:
        billing: None | str | Unset
        if isinstance(self.billing, Unset):
            billing = UNSET
        else:
            billing = self.billing

        enterprise_fee: None | str | Unset
        if isinstance(self.enterprise_fee, Unset):
            enterprise_fee = UNSET
        else:
            enterprise_fee = self.enterprise_fee

        suspended: bool | None | Unset
        if isinstance(self.suspended, Unset):
            suspended = UNSET
        else:
            suspended = self.suspended

        field_dict: dict[str, Any] = {}

        field_dict.update({})
        if billing is not UNSET:
            field_dict["billing"] = billing
        if enterprise_fee is not UNSET:
            field_dict["enterprise_fee"] = enterprise_fee
        if suspended is not UNSET:
            field_dict["suspended"] = suspended

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)

        def _parse_billing(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        billing = _parse_billing(d.pop("billing", UNSET))

        def _parse_enterprise_fee(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        enterprise_fee = _parse_enterprise_fee(d.pop("enterprise_fee", UNSET))

        def _parse_suspended(data: object) -> bool | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(bool | None | Unset, data)

        suspended = _parse_suspended(d.pop("suspended", UNSET))

        subscription_edit = cls(
            billing=billing,
            enterprise_fee=enterprise_fee,
            suspended=suspended,
        )

        return subscription_edit
