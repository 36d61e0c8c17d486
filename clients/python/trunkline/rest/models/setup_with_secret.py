from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Self, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.payment_method import PaymentMethod


T = TypeVar("T", bound="SetupWithSecret")


@_attrs_define
class SetupWithSecret:
    """A setup and the secret with which the browser fills it in."""

    created_at: datetime.datetime
    id: str
    """ Its id. """
    publishable_key: str
    """ The key that the processor's script is started with. """
    status: str
    """ `verifying`: a bank account waits for the two amounts that arrived there. """
    type_: str
    """ `card` or `us_bank_account`. """
    account: None | str | Unset = UNSET
    """ The account that the script names, where it is a connected one. """
    failure: None | str | Unset = UNSET
    """ Why it failed. """
    payment_method: None | PaymentMethod | Unset = UNSET
    script_url: None | str | Unset = UNSET
    """ The processor's script; none in the sandbox. """
    tenant_id: None | str | Unset = UNSET
    """ Whose the method will be; none for the partner's own. """
    client_secret: None | str | Unset = UNSET
    """ For the processor's script in the payer's browser; whoever has it can fill the setup in,
    and nothing else. It is neither kept nor logged here. """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        from ..models.payment_method import PaymentMethod

        created_at = self.created_at.isoformat()

        id = self.id

        publishable_key = self.publishable_key

        status = self.status

        type_ = self.type_

        account: None | str | Unset
        if isinstance(self.account, Unset):
            account = UNSET
        else:
            account = self.account

        failure: None | str | Unset
        if isinstance(self.failure, Unset):
            failure = UNSET
        else:
            failure = self.failure

        payment_method: dict[str, Any] | None | Unset
        if isinstance(self.payment_method, Unset):
            payment_method = UNSET
        elif isinstance(self.payment_method, PaymentMethod):
            payment_method = self.payment_method.to_dict()
        else:
            payment_method = self.payment_method

        script_url: None | str | Unset
        if isinstance(self.script_url, Unset):
            script_url = UNSET
        else:
            script_url = self.script_url

        tenant_id: None | str | Unset
        if isinstance(self.tenant_id, Unset):
            tenant_id = UNSET
        else:
            tenant_id = self.tenant_id

        client_secret: None | str | Unset
        if isinstance(self.client_secret, Unset):
            client_secret = UNSET
        else:
            client_secret = self.client_secret

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "created_at": created_at,
                "id": id,
                "publishable_key": publishable_key,
                "status": status,
                "type": type_,
            }
        )
        if account is not UNSET:
            field_dict["account"] = account
        if failure is not UNSET:
            field_dict["failure"] = failure
        if payment_method is not UNSET:
            field_dict["payment_method"] = payment_method
        if script_url is not UNSET:
            field_dict["script_url"] = script_url
        if tenant_id is not UNSET:
            field_dict["tenant_id"] = tenant_id
        if client_secret is not UNSET:
            field_dict["client_secret"] = client_secret

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        from ..models.payment_method import PaymentMethod

        d = dict(src_dict)
        created_at = datetime.datetime.fromisoformat(d.pop("created_at"))

        id = d.pop("id")

        publishable_key = d.pop("publishable_key")

        status = d.pop("status")

        type_ = d.pop("type")

        def _parse_account(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        account = _parse_account(d.pop("account", UNSET))

        def _parse_failure(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        failure = _parse_failure(d.pop("failure", UNSET))

        def _parse_payment_method(data: object) -> None | PaymentMethod | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                payment_method_type_0 = PaymentMethod.from_dict(data)

                return payment_method_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | PaymentMethod | Unset, data)

        payment_method = _parse_payment_method(d.pop("payment_method", UNSET))

        def _parse_script_url(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        script_url = _parse_script_url(d.pop("script_url", UNSET))

        def _parse_tenant_id(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        tenant_id = _parse_tenant_id(d.pop("tenant_id", UNSET))

        def _parse_client_secret(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        client_secret = _parse_client_secret(d.pop("client_secret", UNSET))

        setup_with_secret = cls(
            created_at=created_at,
            id=id,
            publishable_key=publishable_key,
            status=status,
            type_=type_,
            account=account,
            failure=failure,
            payment_method=payment_method,
            script_url=script_url,
            tenant_id=tenant_id,
            client_secret=client_secret,
        )

        setup_with_secret.additional_properties = d
        return setup_with_secret

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
