from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Self, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.connected_account_view import ConnectedAccountView
    from ..models.custom_keys_view import CustomKeysView
    from ..models.statement_view import StatementView


T = TypeVar("T", bound="PaymentProcessor")


@_attrs_define
class PaymentProcessor:
    """How a partner's tenants pay."""

    active_mode: str
    """ Where new payments go now: `platform` as long as a connected account was never active. """
    application_fee: str
    connect: ConnectedAccountView
    """ A partner's connected account. """
    livemode: bool
    """ Whether payments move money. """
    mode: str
    """ What was chosen: `platform`, the operator's account with monthly settlements; `connect`, the
    partner's own account, connected; `custom_keys`, the partner's own account and keys. """
    settlement_day: int
    """ The day of the month after on which settlements are due. """
    statement: StatementView
    """ What payers see on their statements. """
    blocked: None | str | Unset = UNSET
    """ Why no payment can be begun now; none where one can. """
    custom_keys: CustomKeysView | None | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        from ..models.custom_keys_view import CustomKeysView

        active_mode = self.active_mode

        application_fee = self.application_fee

        connect = self.connect.to_dict()

        livemode = self.livemode

        mode = self.mode

        settlement_day = self.settlement_day

        statement = self.statement.to_dict()

        blocked: None | str | Unset
        if isinstance(self.blocked, Unset):
            blocked = UNSET
        else:
            blocked = self.blocked

        custom_keys: dict[str, Any] | None | Unset
        if isinstance(self.custom_keys, Unset):
            custom_keys = UNSET
        elif isinstance(self.custom_keys, CustomKeysView):
            custom_keys = self.custom_keys.to_dict()
        else:
            custom_keys = self.custom_keys

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "active_mode": active_mode,
                "application_fee": application_fee,
                "connect": connect,
                "livemode": livemode,
                "mode": mode,
                "settlement_day": settlement_day,
                "statement": statement,
            }
        )
        if blocked is not UNSET:
            field_dict["blocked"] = blocked
        if custom_keys is not UNSET:
            field_dict["custom_keys"] = custom_keys

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        from ..models.connected_account_view import ConnectedAccountView
        from ..models.custom_keys_view import CustomKeysView
        from ..models.statement_view import StatementView

        d = dict(src_dict)
        active_mode = d.pop("active_mode")

        application_fee = d.pop("application_fee")

        connect = ConnectedAccountView.from_dict(d.pop("connect"))

        livemode = d.pop("livemode")

        mode = d.pop("mode")

        settlement_day = d.pop("settlement_day")

        statement = StatementView.from_dict(d.pop("statement"))

        def _parse_blocked(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        blocked = _parse_blocked(d.pop("blocked", UNSET))

        def _parse_custom_keys(data: object) -> CustomKeysView | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                custom_keys_type_0 = CustomKeysView.from_dict(data)

                return custom_keys_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(CustomKeysView | None | Unset, data)

        custom_keys = _parse_custom_keys(d.pop("custom_keys", UNSET))

        payment_processor = cls(
            active_mode=active_mode,
            application_fee=application_fee,
            connect=connect,
            livemode=livemode,
            mode=mode,
            settlement_day=settlement_day,
            statement=statement,
            blocked=blocked,
            custom_keys=custom_keys,
        )

        payment_processor.additional_properties = d
        return payment_processor

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
