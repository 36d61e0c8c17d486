from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Self, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.trial import Trial


T = TypeVar("T", bound="BillingProfile")


@_attrs_define
class BillingProfile:
    """How a partner charges a tenant, as one version says."""

    base_fee: str
    base_fee_timing: str
    """ Whether the fee is billed after the period or at its start. """
    created_at: datetime.datetime
    currency: str
    """ Of all its prices. """
    cycle: str
    """ Whether periods begin on the day of activation or on the first of a month. """
    did_rate: str
    every: str
    """ How long a period is. """
    extension_rate: str
    id: str
    """ Its id, the same for all versions. """
    invoice_zero_totals: bool
    """ Whether a period that comes to nothing still gets an invoice. """
    model: str
    """ `payg` charges every unit; `flat_rate` has a base fee that includes quantities. """
    name: str
    """ Shown on invoices. """
    toll_free_did_rate: str
    usage_scope: str
    """ Whether inbound calls are charged. """
    version: int
    """ This version; the latest one's is the `ETag` of the profile. """
    version_created_at: datetime.datetime
    warnings: list[str]
    """ What is allowed and deserves a second look, such as prices below cost; of the latest
    version only. """
    included_dids: int | None | Unset = UNSET
    """ Phone numbers that the fee covers; null for any number. """
    included_extensions: int | None | Unset = UNSET
    """ Extensions that the fee covers; null for any number. """
    included_minutes: int | None | Unset = UNSET
    """ Minutes that the fee covers; null for any number. """
    local_minute_rate: None | str | Unset = UNSET
    minute_rate: None | str | Unset = UNSET
    rate_deck_id: None | str | Unset = UNSET
    """ The rate deck that prices calls before the minute rates do. """
    terms_days: int | None | Unset = UNSET
    """ Days from issue to due; null for the partner's own. """
    toll_free_minute_rate: None | str | Unset = UNSET
    trial: None | Trial | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        from ..models.trial import Trial

        base_fee = self.base_fee

        base_fee_timing = self.base_fee_timing

        created_at = self.created_at.isoformat()

        currency = self.currency

        cycle = self.cycle

        did_rate = self.did_rate

        every = self.every

        extension_rate = self.extension_rate

        id = self.id

        invoice_zero_totals = self.invoice_zero_totals

        model = self.model

        name = self.name

        toll_free_did_rate = self.toll_free_did_rate

        usage_scope = self.usage_scope

        version = self.version

        version_created_at = self.version_created_at.isoformat()

        warnings = self.warnings

        included_dids: int | None | Unset
        if isinstance(self.included_dids, Unset):
            included_dids = UNSET
        else:
            included_dids = self.included_dids

        included_extensions: int | None | Unset
        if isinstance(self.included_extensions, Unset):
            included_extensions = UNSET
        else:
            included_extensions = self.included_extensions

        included_minutes: int | None | Unset
        if isinstance(self.included_minutes, Unset):
            included_minutes = UNSET
        else:
            included_minutes = self.included_minutes

        local_minute_rate: None | str | Unset
        if isinstance(self.local_minute_rate, Unset):
            local_minute_rate = UNSET
        else:
            local_minute_rate = self.local_minute_rate

        minute_rate: None | str | Unset
        if isinstance(self.minute_rate, Unset):
            minute_rate = UNSET
        else:
            minute_rate = self.minute_rate

        rate_deck_id: None | str | Unset
        if isinstance(self.rate_deck_id, Unset):
            rate_deck_id = UNSET
        else:
            rate_deck_id = self.rate_deck_id

        terms_days: int | None | Unset
        if isinstance(self.terms_days, Unset):
            terms_days = UNSET
        else:
            terms_days = self.terms_days

        toll_free_minute_rate: None | str | Unset
        if isinstance(self.toll_free_minute_rate, Unset):
            toll_free_minute_rate = UNSET
        else:
            toll_free_minute_rate = self.toll_free_minute_rate

        trial: dict[str, Any] | None | Unset
        if isinstance(self.trial, Unset):
            trial = UNSET
        elif isinstance(self.trial, Trial):
            trial = self.trial.to_dict()
        else:
            trial = self.trial

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "base_fee": base_fee,
                "base_fee_timing": base_fee_timing,
                "created_at": created_at,
                "currency": currency,
                "cycle": cycle,
                "did_rate": did_rate,
                "every": every,
                "extension_rate": extension_rate,
                "id": id,
                "invoice_zero_totals": invoice_zero_totals,
                "model": model,
                "name": name,
                "toll_free_did_rate": toll_free_did_rate,
                "usage_scope": usage_scope,
                "version": version,
                "version_created_at": version_created_at,
                "warnings": warnings,
            }
        )
        if included_dids is not UNSET:
            field_dict["included_dids"] = included_dids
        if included_extensions is not UNSET:
            field_dict["included_extensions"] = included_extensions
        if included_minutes is not UNSET:
            field_dict["included_minutes"] = included_minutes
        if local_minute_rate is not UNSET:
            field_dict["local_minute_rate"] = local_minute_rate
        if minute_rate is not UNSET:
            field_dict["minute_rate"] = minute_rate
        if rate_deck_id is not UNSET:
            field_dict["rate_deck_id"] = rate_deck_id
        if terms_days is not UNSET:
            field_dict["terms_days"] = terms_days
        if toll_free_minute_rate is not UNSET:
            field_dict["toll_free_minute_rate"] = toll_free_minute_rate
        if trial is not UNSET:
            field_dict["trial"] = trial

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        from ..models.trial import Trial

        d = dict(src_dict)
        base_fee = d.pop("base_fee")

        base_fee_timing = d.pop("base_fee_timing")

        created_at = datetime.datetime.fromisoformat(d.pop("created_at"))

        currency = d.pop("currency")

        cycle = d.pop("cycle")

        did_rate = d.pop("did_rate")

        every = d.pop("every")

        extension_rate = d.pop("extension_rate")

        id = d.pop("id")

        invoice_zero_totals = d.pop("invoice_zero_totals")

        model = d.pop("model")

        name = d.pop("name")

        toll_free_did_rate = d.pop("toll_free_did_rate")

        usage_scope = d.pop("usage_scope")

        version = d.pop("version")

        version_created_at = datetime.datetime.fromisoformat(
            d.pop("version_created_at")
        )

        warnings = cast(list[str], d.pop("warnings"))

        def _parse_included_dids(data: object) -> int | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(int | None | Unset, data)

        included_dids = _parse_included_dids(d.pop("included_dids", UNSET))

        def _parse_included_extensions(data: object) -> int | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(int | None | Unset, data)

        included_extensions = _parse_included_extensions(
            d.pop("included_extensions", UNSET)
        )

        def _parse_included_minutes(data: object) -> int | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(int | None | Unset, data)

        included_minutes = _parse_included_minutes(d.pop("included_minutes", UNSET))

        def _parse_local_minute_rate(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        local_minute_rate = _parse_local_minute_rate(d.pop("local_minute_rate", UNSET))

        def _parse_minute_rate(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        minute_rate = _parse_minute_rate(d.pop("minute_rate", UNSET))

        def _parse_rate_deck_id(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        rate_deck_id = _parse_rate_deck_id(d.pop("rate_deck_id", UNSET))

        def _parse_terms_days(data: object) -> int | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(int | None | Unset, data)

        terms_days = _parse_terms_days(d.pop("terms_days", UNSET))

        def _parse_toll_free_minute_rate(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        toll_free_minute_rate = _parse_toll_free_minute_rate(
            d.pop("toll_free_minute_rate", UNSET)
        )

        def _parse_trial(data: object) -> None | Trial | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                trial_type_0 = Trial.from_dict(data)

                return trial_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | Trial | Unset, data)

        trial = _parse_trial(d.pop("trial", UNSET))

        billing_profile = cls(
            base_fee=base_fee,
            base_fee_timing=base_fee_timing,
            created_at=created_at,
            currency=currency,
            cycle=cycle,
            did_rate=did_rate,
            every=every,
            extension_rate=extension_rate,
            id=id,
            invoice_zero_totals=invoice_zero_totals,
            model=model,
            name=name,
            toll_free_did_rate=toll_free_did_rate,
            usage_scope=usage_scope,
            version=version,
            version_created_at=version_created_at,
            warnings=warnings,
            included_dids=included_dids,
            included_extensions=included_extensions,
            included_minutes=included_minutes,
            local_minute_rate=local_minute_rate,
            minute_rate=minute_rate,
            rate_deck_id=rate_deck_id,
            terms_days=terms_days,
            toll_free_minute_rate=toll_free_minute_rate,
            trial=trial,
        )

        billing_profile.additional_properties = d
        return billing_profile

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
