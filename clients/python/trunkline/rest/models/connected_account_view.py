from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

T = TypeVar("T", bound="ConnectedAccountView")


@_attrs_define
class ConnectedAccountView:
    """A partner's connected account."""

    charges_enabled: bool
    """ Whether it can be charged. """
    currently_due: list[str]
    """ What the processor wants to know now. """
    details_submitted: bool
    """ Whether the processor's form was finished. """
    payouts_enabled: bool
    """ Whether the processor pays out to its bank account. """
    status: str
    """ Where it stands. """
    account: None | str | Unset = UNSET
    """ The processor's id. """
    disabled_reason: None | str | Unset = UNSET
    """ Why it is disabled. """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        charges_enabled = self.charges_enabled

        currently_due = self.currently_due

        details_submitted = self.details_submitted

        payouts_enabled = self.payouts_enabled

        status = self.status

        account: None | str | Unset
        if isinstance(self.account, Unset):
            account = UNSET
        else:
            account = self.account

        disabled_reason: None | str | Unset
        if isinstance(self.disabled_reason, Unset):
            disabled_reason = UNSET
        else:
            disabled_reason = self.disabled_reason

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "charges_enabled": charges_enabled,
                "currently_due": currently_due,
                "details_submitted": details_submitted,
                "payouts_enabled": payouts_enabled,
                "status": status,
            }
        )
        if account is not UNSET:
            field_dict["account"] = account
        if disabled_reason is not UNSET:
            field_dict["disabled_reason"] = disabled_reason

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)
        charges_enabled = d.pop("charges_enabled")

        currently_due = cast(list[str], d.pop("currently_due"))

        details_submitted = d.pop("details_submitted")

        payouts_enabled = d.pop("payouts_enabled")

        status = d.pop("status")

        def _parse_account(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        account = _parse_account(d.pop("account", UNSET))

        def _parse_disabled_reason(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        disabled_reason = _parse_disabled_reason(d.pop("disabled_reason", UNSET))

        connected_account_view = cls(
            charges_enabled=charges_enabled,
            currently_due=currently_due,
            details_submitted=details_submitted,
            payouts_enabled=payouts_enabled,
            status=status,
            account=account,
            disabled_reason=disabled_reason,
        )

        connected_account_view.additional_properties = d
        return connected_account_view

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
