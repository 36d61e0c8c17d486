from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self, TypeVar

from attrs import define as _attrs_define

T = TypeVar("T", bound="RefundPolicy")


@_attrs_define
class RefundPolicy:
    """What becomes of the platform's fee when a partner's charge is refunded."""

    application_fee: str
    """ `kept`, or `returned` in proportion to the refund. """

    def to_dict(self) -> dict[str, Any]:
        application_fee = self.application_fee

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "application_fee": application_fee,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)
        application_fee = d.pop("application_fee")

        refund_policy = cls(
            application_fee=application_fee,
        )

        return refund_policy
