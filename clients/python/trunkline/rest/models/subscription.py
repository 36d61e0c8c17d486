from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Self, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.pending_plan import PendingPlan
    from ..models.rate_change import RateChange
    from ..models.subscription_usage import SubscriptionUsage
    from ..models.wholesale_rates import WholesaleRates


T = TypeVar("T", bound="Subscription")


@_attrs_define
class Subscription:
    """A partner's subscription of the platform."""

    billing: str
    """ `prepaid`, or `on_account` where it settles with the operator outside the platform. """
    currency: str
    """ What amounts are in. """
    monthly_fee: str
    rate_changes: list[RateChange]
    """ What is posted for this plan and not in force. """
    rates: WholesaleRates
    """ Wholesale unit prices. """
    scope: str
    """ Whose: the partner's own, for a tenant never has one. """
    status: str
    """ `trial`, `active`, `past_due`, `suspended`, `paused`, `deleting` or `purged`. """
    surcharge: str
    suspension_reasons: list[str]
    """ Why it is suspended: `trial_ended`, `unpaid`, `operator`. """
    tier: str
    """ The plan's tier. """
    usage: SubscriptionUsage
    """ What a partner uses now and used in this calendar month. """
    version: int
    """ Grows with each change. """
    changes_state_at: datetime.datetime | None | Unset = UNSET
    max_extensions: int | None | Unset = UNSET
    """ Extensions that the plan allows; null is unlimited. """
    pending_change: None | PendingPlan | Unset = UNSET
    refusal: None | str | Unset = UNSET
    """ Why there is no service now, if there is none: `wallet_empty` or `partner_suspended`. """
    renews_at: datetime.datetime | None | Unset = UNSET
    retries_at: datetime.datetime | None | Unset = UNSET
    trial_ends_at: datetime.datetime | None | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        from ..models.pending_plan import PendingPlan

        billing = self.billing

        currency = self.currency

        monthly_fee = self.monthly_fee

        rate_changes = []
        for rate_changes_item_data in self.rate_changes:
            rate_changes_item = rate_changes_item_data.to_dict()
            rate_changes.append(rate_changes_item)

        rates = self.rates.to_dict()

        scope = self.scope

        status = self.status

        surcharge = self.surcharge

        suspension_reasons = self.suspension_reasons

        tier = self.tier

        usage = self.usage.to_dict()

        version = self.version

        changes_state_at: None | str | Unset
        if isinstance(self.changes_state_at, Unset):
            changes_state_at = UNSET
        elif isinstance(self.changes_state_at, datetime.datetime):
            changes_state_at = self.changes_state_at.isoformat()
        else:
            changes_state_at = self.changes_state_at

        max_extensions: int | None | Unset
        if isinstance(self.max_extensions, Unset):
            max_extensions = UNSET
        else:
            max_extensions = self.max_extensions

        pending_change: dict[str, Any] | None | Unset
        if isinstance(self.pending_change, Unset):
            pending_change = UNSET
        elif isinstance(self.pending_change, PendingPlan):
            pending_change = self.pending_change.to_dict()
        else:
            pending_change = self.pending_change

        refusal: None | str | Unset
        if isinstance(self.refusal, Unset):
            refusal = UNSET
        else:
            refusal = self.refusal

        renews_at: None | str | Unset
        if isinstance(self.renews_at, Unset):
            renews_at = UNSET
        elif isinstance(self.renews_at, datetime.datetime):
            renews_at = self.renews_at.isoformat()
        else:
            renews_at = self.renews_at

        retries_at: None | str | Unset
        if isinstance(self.retries_at, Unset):
            retries_at = UNSET
        elif isinstance(self.retries_at, datetime.datetime):
            retries_at = self.retries_at.isoformat()
        else:
            retries_at = self.retries_at

        trial_ends_at: None | str | Unset
        if isinstance(self.trial_ends_at, Unset):
            trial_ends_at = UNSET
        elif isinstance(self.trial_ends_at, datetime.datetime):
            trial_ends_at = self.trial_ends_at.isoformat()
        else:
            trial_ends_at = self.trial_ends_at

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "billing": billing,
                "currency": currency,
                "monthly_fee": monthly_fee,
                "rate_changes": rate_changes,
                "rates": rates,
                "scope": scope,
                "status": status,
                "surcharge": surcharge,
                "suspension_reasons": suspension_reasons,
                "tier": tier,
                "usage": usage,
                "version": version,
            }
        )
        if changes_state_at is not UNSET:
            field_dict["changes_state_at"] = changes_state_at
        if max_extensions is not UNSET:
            field_dict["max_extensions"] = max_extensions
        if pending_change is not UNSET:
            field_dict["pending_change"] = pending_change
        if refusal is not UNSET:
            field_dict["refusal"] = refusal
        if renews_at is not UNSET:
            field_dict["renews_at"] = renews_at
        if retries_at is not UNSET:
            field_dict["retries_at"] = retries_at
        if trial_ends_at is not UNSET:
            field_dict["trial_ends_at"] = trial_ends_at

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        from ..models.pending_plan import PendingPlan
        from ..models.rate_change import RateChange
        from ..models.subscription_usage import SubscriptionUsage
        from ..models.wholesale_rates import WholesaleRates

        d = dict(src_dict)
        billing = d.pop("billing")

        currency = d.pop("currency")

        monthly_fee = d.pop("monthly_fee")

        rate_changes = []
        _rate_changes = d.pop("rate_changes")
        for rate_changes_item_data in _rate_changes:
            rate_changes_item = RateChange.from_dict(rate_changes_item_data)

            rate_changes.append(rate_changes_item)

        rates = WholesaleRates.from_dict(d.pop("rates"))

        scope = d.pop("scope")

        status = d.pop("status")

        surcharge = d.pop("surcharge")

        suspension_reasons = cast(list[str], d.pop("suspension_reasons"))

        tier = d.pop("tier")

        usage = SubscriptionUsage.from_dict(d.pop("usage"))

        version = d.pop("version")

        def _parse_changes_state_at(data: object) -> datetime.datetime | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                changes_state_at_type_0 = datetime.datetime.fromisoformat(data)

                return changes_state_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None | Unset, data)

        changes_state_at = _parse_changes_state_at(d.pop("changes_state_at", UNSET))

        def _parse_max_extensions(data: object) -> int | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(int | None | Unset, data)

        max_extensions = _parse_max_extensions(d.pop("max_extensions", UNSET))

        def _parse_pending_change(data: object) -> None | PendingPlan | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                pending_change_type_0 = PendingPlan.from_dict(data)

                return pending_change_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | PendingPlan | Unset, data)

        pending_change = _parse_pending_change(d.pop("pending_change", UNSET))

        def _parse_refusal(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        refusal = _parse_refusal(d.pop("refusal", UNSET))

        def _parse_renews_at(data: object) -> datetime.datetime | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                renews_at_type_0 = datetime.datetime.fromisoformat(data)

                return renews_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None | Unset, data)

        renews_at = _parse_renews_at(d.pop("renews_at", UNSET))

        def _parse_retries_at(data: object) -> datetime.datetime | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                retries_at_type_0 = datetime.datetime.fromisoformat(data)

                return retries_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None | Unset, data)

        retries_at = _parse_retries_at(d.pop("retries_at", UNSET))

        def _parse_trial_ends_at(data: object) -> datetime.datetime | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                trial_ends_at_type_0 = datetime.datetime.fromisoformat(data)

                return trial_ends_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None | Unset, data)

        trial_ends_at = _parse_trial_ends_at(d.pop("trial_ends_at", UNSET))

        subscription = cls(
            billing=billing,
            currency=currency,
            monthly_fee=monthly_fee,
            rate_changes=rate_changes,
            rates=rates,
            scope=scope,
            status=status,
            surcharge=surcharge,
            suspension_reasons=suspension_reasons,
            tier=tier,
            usage=usage,
            version=version,
            changes_state_at=changes_state_at,
            max_extensions=max_extensions,
            pending_change=pending_change,
            refusal=refusal,
            renews_at=renews_at,
            retries_at=retries_at,
            trial_ends_at=trial_ends_at,
        )

        subscription.additional_properties = d
        return subscription

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
