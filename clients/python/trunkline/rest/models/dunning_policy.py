from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="DunningPolicy")


@_attrs_define
class DunningPolicy:
    """What is done about unpaid invoices, and when. Days count from the due date of the oldest unpaid
    invoice; 0 is that date.

    """

    flag_after_days: int
    """ Days at which the tenant is flagged, and the partner is told. """
    grace_days: int
    """ Days that a tenant runs on after somebody ended its suspension by hand. """
    remind_tenant: bool
    """ Whether the tenant is reminded by mail. """
    reminder_days: list[int]
    """ Days at which the tenant is reminded, where it is. """
    retry_days: list[int]
    """ Days after issue at which a failed automatic payment is tried again. """
    suspend_after_days: int
    """ Days at which the tenant is suspended, where that is automatic. """
    suspension: str
    """ `automatic` suspends; `manual` never does, and lists the tenant for review. """
    tell_tenant_of_suspension: bool
    """ Whether the tenant is mailed when it is suspended; the partner always is. """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        flag_after_days = self.flag_after_days

        grace_days = self.grace_days

        remind_tenant = self.remind_tenant

        reminder_days = self.reminder_days

        retry_days = self.retry_days

        suspend_after_days = self.suspend_after_days

        suspension = self.suspension

        tell_tenant_of_suspension = self.tell_tenant_of_suspension

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "flag_after_days": flag_after_days,
                "grace_days": grace_days,
                "remind_tenant": remind_tenant,
                "reminder_days": reminder_days,
                "retry_days": retry_days,
                "suspend_after_days": suspend_after_days,
                "suspension": suspension,
                "tell_tenant_of_suspension": tell_tenant_of_suspension,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)
        flag_after_days = d.pop("flag_after_days")

        grace_days = d.pop("grace_days")

        remind_tenant = d.pop("remind_tenant")

        reminder_days = cast(list[int], d.pop("reminder_days"))

        retry_days = cast(list[int], d.pop("retry_days"))

        suspend_after_days = d.pop("suspend_after_days")

        suspension = d.pop("suspension")

        tell_tenant_of_suspension = d.pop("tell_tenant_of_suspension")

        dunning_policy = cls(
            flag_after_days=flag_after_days,
            grace_days=grace_days,
            remind_tenant=remind_tenant,
            reminder_days=reminder_days,
            retry_days=retry_days,
            suspend_after_days=suspend_after_days,
            suspension=suspension,
            tell_tenant_of_suspension=tell_tenant_of_suspension,
        )

        dunning_policy.additional_properties = d
        return dunning_policy

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
