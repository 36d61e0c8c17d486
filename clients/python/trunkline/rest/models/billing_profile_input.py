from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Self, TypeVar, cast

from attrs import define as _attrs_define

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.trial_input import TrialInput


T = TypeVar("T", bound="BillingProfileInput")


@_attrs_define
class BillingProfileInput:
    """A billing profile to be. What is left out is nothing: no fee, no included quantities,
    free units.

    """

    model: str
    """ `payg` charges every unit; `flat_rate` has a base fee that includes quantities. """
    name: str
    """ Shown on invoices. """
    base_fee: None | str | Unset = UNSET
    """ Fee per period. """
    base_fee_timing: None | str | Unset = UNSET
    """ Whether the fee is billed after the period or at its start. """
    cycle: None | str | Unset = UNSET
    """ Whether periods begin on the day of activation or on the first of a month. A new
    profile has `calendar_month` where it is `payg`, otherwise `anniversary`. """
    did_rate: None | str | Unset = UNSET
    """ Per standard phone number and period, with up to 6 decimals. """
    every: None | str | Unset = UNSET
    """ How long a period is; a new profile's is a month. """
    extension_rate: None | str | Unset = UNSET
    """ Per extension and period, with up to 6 decimals. """
    included_dids: int | None | Unset = UNSET
    """ Phone numbers that the fee covers; null for any number. """
    included_extensions: int | None | Unset = UNSET
    """ Extensions that the fee covers; null for any number. """
    included_minutes: int | None | Unset = UNSET
    """ Minutes that the fee covers; null for any number. """
    invoice_zero_totals: bool | None | Unset = UNSET
    """ Whether a period that comes to nothing still gets an invoice. """
    local_minute_rate: None | str | Unset = UNSET
    """ Per minute of a local call, instead of one rate for all. """
    minute_rate: None | str | Unset = UNSET
    """ Per minute of any call, with up to 6 decimals. """
    rate_deck_id: None | str | Unset = UNSET
    """ The rate deck that prices calls before the minute rates do; null for none. """
    terms_days: int | None | Unset = UNSET
    """ Days from issue to due; null for the partner's own. """
    toll_free_did_rate: None | str | Unset = UNSET
    """ Per toll-free phone number and period, with up to 6 decimals. """
    toll_free_minute_rate: None | str | Unset = UNSET
    """ Per minute of a toll-free call, instead of one rate for all. """
    trial: None | TrialInput | Unset = UNSET
    usage_scope: None | str | Unset = UNSET
    """ Whether inbound calls are charged. """

    def to_dict(self) -> dict[str, Any]:
        from ..models.trial_input import TrialInput

        model = self.model

        name = self.name

        base_fee: None | str | Unset
        if isinstance(self.base_fee, Unset):
            base_fee = UNSET
        else:
            base_fee = self.base_fee

        base_fee_timing: None | str | Unset
        if isinstance(self.base_fee_timing, Unset):
            base_fee_timing = UNSET
        else:
            base_fee_timing = self.base_fee_timing

        cycle: None | str | Unset
        if isinstance(self.cycle, Unset):
            cycle = UNSET
        else:
            cycle = self.cycle

        did_rate: None | str | Unset
        if isinstance(self.did_rate, Unset):
            did_rate = UNSET
        else:
            did_rate = self.did_rate

        every: None | str | Unset
        if isinstance(self.every, Unset):
            every = UNSET
        else:
            every = self.every

        extension_rate: None | str | Unset
        if isinstance(self.extension_rate, Unset):
            extension_rate = UNSET
        else:
            extension_rate = self.extension_rate

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

        invoice_zero_totals: bool | None | Unset
        if isinstance(self.invoice_zero_totals, Unset):
            invoice_zero_totals = UNSET
        else:
            invoice_zero_totals = self.invoice_zero_totals

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

        toll_free_did_rate: None | str | Unset
        if isinstance(self.toll_free_did_rate, Unset):
            toll_free_did_rate = UNSET
        else:
            toll_free_did_rate = self.toll_free_did_rate

        toll_free_minute_rate: None | str | Unset
        if isinstance(self.toll_free_minute_rate, Unset):
            toll_free_minute_rate = UNSET
        else:
            toll_free_minute_rate = self.toll_free_minute_rate

        trial: dict[str, Any] | None | Unset
        if isinstance(self.trial, Unset):
            trial = UNSET
        elif isinstance(self.trial, TrialInput):
            trial = self.trial.to_dict()
        else:
            trial = self.trial

        usage_scope: None | str | Unset
        if isinstance(self.usage_scope, Unset):
            usage_scope = UNSET
        else:
            usage_scope = self.usage_scope

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "model": model,
                "name": name,
            }
        )
        if base_fee is not UNSET:
            field_dict["base_fee"] = base_fee
        if base_fee_timing is not UNSET:
            field_dict["base_fee_timing"] = base_fee_timing
        if cycle is not UNSET:
            field_dict["cycle"] = cycle
        if did_rate is not UNSET:
            field_dict["did_rate"] = did_rate
        if every is not UNSET:
            field_dict["every"] = every
        if extension_rate is not UNSET:
            field_dict["extension_rate"] = extension_rate
        if included_dids is not UNSET:
            field_dict["included_dids"] = included_dids
        if included_extensions is not UNSET:
            field_dict["included_extensions"] = included_extensions
        if included_minutes is not UNSET:
            field_dict["included_minutes"] = included_minutes
        if invoice_zero_totals is not UNSET:
            field_dict["invoice_zero_totals"] = invoice_zero_totals
        if local_minute_rate is not UNSET:
            field_dict["local_minute_rate"] = local_minute_rate
        if minute_rate is not UNSET:
            field_dict["minute_rate"] = minute_rate
        if rate_deck_id is not UNSET:
            field_dict["rate_deck_id"] = rate_deck_id
        if terms_days is not UNSET:
            field_dict["terms_days"] = terms_days
        if toll_free_did_rate is not UNSET:
            field_dict["toll_free_did_rate"] = toll_free_did_rate
        if toll_free_minute_rate is not UNSET:
            field_dict["toll_free_minute_rate"] = toll_free_minute_rate
        if trial is not UNSET:
            field_dict["trial"] = trial
        if usage_scope is not UNSET:
            field_dict["usage_scope"] = usage_scope

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        from ..models.trial_input import TrialInput

        d = dict(src_dict)
        model = d.pop("model")

        name = d.pop("name")

        def _parse_base_fee(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        base_fee = _parse_base_fee(d.pop("base_fee", UNSET))

        def _parse_base_fee_timing(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        base_fee_timing = _parse_base_fee_timing(d.pop("base_fee_timing", UNSET))

        def _parse_cycle(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        cycle = _parse_cycle(d.pop("cycle", UNSET))

        def _parse_did_rate(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        did_rate = _parse_did_rate(d.pop("did_rate", UNSET))

        def _parse_every(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        every = _parse_every(d.pop("every", UNSET))

        def _parse_extension_rate(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        extension_rate = _parse_extension_rate(d.pop("extension_rate", UNSET))

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

        def _parse_invoice_zero_totals(data: object) -> bool | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(bool | None | Unset, data)

        invoice_zero_totals = _parse_invoice_zero_totals(
            d.pop("invoice_zero_totals", UNSET)
        )

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

        def _parse_toll_free_did_rate(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        toll_free_did_rate = _parse_toll_free_did_rate(
            d.pop("toll_free_did_rate", UNSET)
        )

        def _parse_toll_free_minute_rate(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        toll_free_minute_rate = _parse_toll_free_minute_rate(
            d.pop("toll_free_minute_rate", UNSET)
        )

        def _parse_trial(data: object) -> None | TrialInput | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                trial_type_0 = TrialInput.from_dict(data)

                return trial_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | TrialInput | Unset, data)

        trial = _parse_trial(d.pop("trial", UNSET))

        def _parse_usage_scope(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        usage_scope = _parse_usage_scope(d.pop("usage_scope", UNSET))

        billing_profile_input = cls(
            model=model,
            name=name,
            base_fee=base_fee,
            base_fee_timing=base_fee_timing,
            cycle=cycle,
            did_rate=did_rate,
            every=every,
            extension_rate=extension_rate,
            included_dids=included_dids,
            included_extensions=included_extensions,
            included_minutes=included_minutes,
            invoice_zero_totals=invoice_zero_totals,
            local_minute_rate=local_minute_rate,
            minute_rate=minute_rate,
            rate_deck_id=rate_deck_id,
            terms_days=terms_days,
            toll_free_did_rate=toll_free_did_rate,
            toll_free_minute_rate=toll_free_minute_rate,
            trial=trial,
            usage_scope=usage_scope,
        )

        return billing_profile_input
