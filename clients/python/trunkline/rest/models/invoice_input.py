from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Self, TypeVar, cast

from attrs import define as _attrs_define

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.line_input import LineInput


T = TypeVar("T", bound="InvoiceInput")


@_attrs_define
class InvoiceInput:
    """An invoice to be."""

    lines: list[LineInput]
    """ Its lines, 1 to 500. """
    tenant_id: str
    """ Whom it bills. """
    notes: None | str | Unset = UNSET
    """ Free text at its end. """

    def to_dict(self) -> dict[str, Any]:
        lines = []
        for lines_item_data in self.lines:
            lines_item = lines_item_data.to_dict()
            lines.append(lines_item)

        tenant_id = self.tenant_id

        notes: None | str | Unset
        if isinstance(self.notes, Unset):
            notes = UNSET
        else:
            notes = self.notes

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "lines": lines,
                "tenant_id": tenant_id,
            }
        )
        if notes is not UNSET:
            field_dict["notes"] = notes

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        from ..models.line_input import LineInput

        d = dict(src_dict)
        lines = []
        _lines = d.pop("lines")
        for lines_item_data in _lines:
            lines_item = LineInput.from_dict(lines_item_data)

            lines.append(lines_item)

        tenant_id = d.pop("tenant_id")

        def _parse_notes(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        notes = _parse_notes(d.pop("notes", UNSET))

        invoice_input = cls(
            lines=lines,
            tenant_id=tenant_id,
            notes=notes,
        )

        return invoice_input
