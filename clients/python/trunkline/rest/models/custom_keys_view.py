from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, Self, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="CustomKeysView")


@_attrs_define
class CustomKeysView:
    """A partner's own keys; the secret one is never shown."""

    account: str
    """ The account that they open. """
    livemode: bool
    """ Whether they move money. """
    masked_key: str
    """ The secret key, masked. """
    publishable_key: str
    """ For browsers. """
    receives_events: bool
    """ Whether the account's events are sent here. """
    saved_at: datetime.datetime
    status: str
    """ `broken`: the processor no longer accepts them. """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        account = self.account

        livemode = self.livemode

        masked_key = self.masked_key

        publishable_key = self.publishable_key

        receives_events = self.receives_events

        saved_at = self.saved_at.isoformat()

        status = self.status

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "account": account,
                "livemode": livemode,
                "masked_key": masked_key,
                "publishable_key": publishable_key,
                "receives_events": receives_events,
                "saved_at": saved_at,
                "status": status,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)
        account = d.pop("account")

        livemode = d.pop("livemode")

        masked_key = d.pop("masked_key")

        publishable_key = d.pop("publishable_key")

        receives_events = d.pop("receives_events")

        saved_at = datetime.datetime.fromisoformat(d.pop("saved_at"))

        status = d.pop("status")

        custom_keys_view = cls(
            account=account,
            livemode=livemode,
            masked_key=masked_key,
            publishable_key=publishable_key,
            receives_events=receives_events,
            saved_at=saved_at,
            status=status,
        )

        custom_keys_view.additional_properties = d
        return custom_keys_view

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
