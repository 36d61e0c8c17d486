from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Self, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.dunning_policy import DunningPolicy


T = TypeVar("T", bound="ProfileDunningPolicy")


@_attrs_define
class ProfileDunningPolicy:
    """What a profile chooses instead of the partner's policy. Null takes the partner's value."""

    billing_profile_id: str
    """ The profile. """
    effective: DunningPolicy
    """ What is done about unpaid invoices, and when. Days count from the due date of the oldest unpaid
    invoice; 0 is that date. """
    flag_after_days: int | None | Unset = UNSET
    """ Days at which the tenant is flagged. """
    grace_days: int | None | Unset = UNSET
    """ Days that a tenant runs on after somebody ended its suspension by hand. """
    remind_tenant: bool | None | Unset = UNSET
    """ Whether the tenant is reminded by mail. """
    reminder_days: list[int] | None | Unset = UNSET
    """ Days at which the tenant is reminded. """
    retry_days: list[int] | None | Unset = UNSET
    """ Days after issue at which a failed automatic payment is tried again. """
    suspend_after_days: int | None | Unset = UNSET
    """ Days at which the tenant is suspended. """
    suspension: None | str | Unset = UNSET
    """ `automatic` or `manual`. """
    tell_tenant_of_suspension: bool | None | Unset = UNSET
    """ Whether the tenant is mailed when it is suspended. """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        billing_profile_id = self.billing_profile_id

        effective = self.effective.to_dict()

        flag_after_days: int | None | Unset
        if isinstance(self.flag_after_days, Unset):
            flag_after_days = UNSET
        else:
            flag_after_days = self.flag_after_days

        grace_days: int | None | Unset
        if isinstance(self.grace_days, Unset):
            grace_days = UNSET
        else:
            grace_days = self.grace_days

        remind_tenant: bool | None | Unset
        if isinstance(self.remind_tenant, Unset):
            remind_tenant = UNSET
        else:
            remind_tenant = self.remind_tenant

        reminder_days: list[int] | None | Unset
        if isinstance(self.reminder_days, Unset):
            reminder_days = UNSET
        elif isinstance(self.reminder_days, list):
            reminder_days = self.reminder_days

        else:
            reminder_days = self.reminder_days

        retry_days: list[int] | None | Unset
        if isinstance(self.retry_days, Unset):
            retry_days = UNSET
        elif isinstance(self.retry_days, list):
            retry_days = self.retry_days

        else:
            retry_days = self.retry_days

        suspend_after_days: int | None | Unset
        if isinstance(self.suspend_after_days, Unset):
            suspend_after_days = UNSET
        else:
            suspend_after_days = self.suspend_after_days

        suspension: None | str | Unset
        if isinstance(self.suspension, Unset):
            suspension = UNSET
        else:
            suspension = self.suspension

        tell_tenant_of_suspension: bool | None | Unset
        if isinstance(self.tell_tenant_of_suspension, Unset):
            tell_tenant_of_suspension = UNSET
        else:
            tell_tenant_of_suspension = self.tell_tenant_of_suspension

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "billing_profile_id": billing_profile_id,
                "effective": effective,
            }
        )
        if flag_after_days is not UNSET:
            field_dict["flag_after_days"] = flag_after_days
        if grace_days is not UNSET:
            field_dict["grace_days"] = grace_days
        if remind_tenant is not UNSET:
            field_dict["remind_tenant"] = remind_tenant
        if reminder_days is not UNSET:
            field_dict["reminder_days"] = reminder_days
        if retry_days is not UNSET:
            field_dict["retry_days"] = retry_days
        if suspend_after_days is not UNSET:
            field_dict["suspend_after_days"] = suspend_after_days
        if suspension is not UNSET:
            field_dict["suspension"] = suspension
        if tell_tenant_of_suspension is not UNSET:
            field_dict["tell_tenant_of_suspension"] = tell_tenant_of_suspension

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        from ..models.dunning_policy import DunningPolicy

        d = dict(src_dict)
        billing_profile_id = d.pop("billing_profile_id")

        effective = DunningPolicy.from_dict(d.pop("effective"))

        def _parse_flag_after_days(data: object) -> int | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(int | None | Unset, data)

        flag_after_days = _parse_flag_after_days(d.pop("flag_after_days", UNSET))

        def _parse_grace_days(data: object) -> int | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(int | None | Unset, data)

        grace_days = _parse_grace_days(d.pop("grace_days", UNSET))

        def _parse_remind_tenant(data: object) -> bool | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(bool | None | Unset, data)

        remind_tenant = _parse_remind_tenant(d.pop("remind_tenant", UNSET))

        def _parse_reminder_days(data: object) -> list[int] | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, list):
                    raise TypeError()
                reminder_days_type_0 = cast(list[int], data)

                return reminder_days_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(list[int] | None | Unset, data)

        reminder_days = _parse_reminder_days(d.pop("reminder_days", UNSET))

        def _parse_retry_days(data: object) -> list[int] | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, list):
                    raise TypeError()
                retry_days_type_0 = cast(list[int], data)

                return retry_days_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(list[int] | None | Unset, data)

        retry_days = _parse_retry_days(d.pop("retry_days", UNSET))

        def _parse_suspend_after_days(data: object) -> int | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(int | None | Unset, data)

        suspend_after_days = _parse_suspend_after_days(
            d.pop("suspend_after_days", UNSET)
        )

        def _parse_suspension(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        suspension = _parse_suspension(d.pop("suspension", UNSET))

        def _parse_tell_tenant_of_suspension(data: object) -> bool | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(bool | None | Unset, data)

        tell_tenant_of_suspension = _parse_tell_tenant_of_suspension(
            d.pop("tell_tenant_of_suspension", UNSET)
        )

        profile_dunning_policy = cls(
            billing_profile_id=billing_profile_id,
            effective=effective,
            flag_after_days=flag_after_days,
            grace_days=grace_days,
            remind_tenant=remind_tenant,
            reminder_days=reminder_days,
            retry_days=retry_days,
            suspend_after_days=suspend_after_days,
            suspension=suspension,
            tell_tenant_of_suspension=tell_tenant_of_suspension,
        )

        profile_dunning_policy.additional_properties = d
        return profile_dunning_policy

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
