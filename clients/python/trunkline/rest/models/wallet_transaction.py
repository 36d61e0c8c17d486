from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Self, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.reference import Reference


T = TypeVar("T", bound="WalletTransaction")


@_attrs_define
class WalletTransaction:
    """A credit or debit of the wallet. Never changed, never deleted."""

    amount: str
    balance_after: str
    created_at: datetime.datetime
    currency: str
    """ What its amounts are in. """
    description: str
    """ For people. """
    kind: str
    """ What it is for, such as `top_up`, `usage_local` or `monthly_did`. """
    line: int
    """ Its place in the transaction, from 0. """
    reference: Reference
    """ What something was booked for. """
    seq: int
    """ The place of that transaction in the partner's books; with `line` the place of this one. """
    transaction_id: str
    """ The ledger transaction that it is part of. """
    tenant_id: None | str | Unset = UNSET
    """ Whom it concerns, where that is one tenant. """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        amount = self.amount

        balance_after = self.balance_after

        created_at = self.created_at.isoformat()

        currency = self.currency

        description = self.description

        kind = self.kind

        line = self.line

        reference = self.reference.to_dict()

        seq = self.seq

        transaction_id = self.transaction_id

        tenant_id: None | str | Unset
        if isinstance(self.tenant_id, Unset):
            tenant_id = UNSET
        else:
            tenant_id = self.tenant_id

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "amount": amount,
                "balance_after": balance_after,
                "created_at": created_at,
                "currency": currency,
                "description": description,
                "kind": kind,
                "line": line,
                "reference": reference,
                "seq": seq,
                "transaction_id": transaction_id,
            }
        )
        if tenant_id is not UNSET:
            field_dict["tenant_id"] = tenant_id

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        from ..models.reference import Reference

        d = dict(src_dict)
        amount = d.pop("amount")

        balance_after = d.pop("balance_after")

        created_at = datetime.datetime.fromisoformat(d.pop("created_at"))

        currency = d.pop("currency")

        description = d.pop("description")

        kind = d.pop("kind")

        line = d.pop("line")

        reference = Reference.from_dict(d.pop("reference"))

        seq = d.pop("seq")

        transaction_id = d.pop("transaction_id")

        def _parse_tenant_id(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        tenant_id = _parse_tenant_id(d.pop("tenant_id", UNSET))

        wallet_transaction = cls(
            amount=amount,
            balance_after=balance_after,
            created_at=created_at,
            currency=currency,
            description=description,
            kind=kind,
            line=line,
            reference=reference,
            seq=seq,
            transaction_id=transaction_id,
            tenant_id=tenant_id,
        )

        wallet_transaction.additional_properties = d
        return wallet_transaction

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
