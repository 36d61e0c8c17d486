from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self, TypeVar, cast

from attrs import define as _attrs_define

from ..types import UNSET, Unset

T = TypeVar("T", bound="EvidenceInput")


@_attrs_define
class EvidenceInput:
    """Evidence to be given."""

    text: str
    """ What shows that the payment was right. """
    submit: bool | None | Unset = UNSET
    """ Whether this is all: it is submitted, and cannot be changed any more. Not so where this is
    left out. """

    def to_dict(self) -> dict[str, Any]:
        text = self.text

        submit: bool | None | Unset
        if isinstance(self.submit, Unset):
            submit = UNSET
        else:
            submit = self.submit

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "text": text,
            }
        )
        if submit is not UNSET:
            field_dict["submit"] = submit

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)
        text = d.pop("text")

        def _parse_submit(data: object) -> bool | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(bool | None | Unset, data)

        submit = _parse_submit(d.pop("submit", UNSET))

        evidence_input = cls(
            text=text,
            submit=submit,
        )

        return evidence_input
