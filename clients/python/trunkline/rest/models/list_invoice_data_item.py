from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Self, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.bill_to import BillTo
    from ..models.invoice_line import InvoiceLine
    from ..models.invoice_tax import InvoiceTax
    from ..models.span import Span


T = TypeVar("T", bound="ListInvoiceDataItem")


@_attrs_define
class ListInvoiceDataItem:
    """An invoice. Once issued, only its status and what was paid change."""

    amount_due: str
    amount_paid: str
    amount_refunded: str
    bill_to: BillTo
    """ To whom an invoice is addressed, as issued. """
    created_at: datetime.datetime
    credit_applied: str
    currency: str
    """ What its amounts are in. """
    id: str
    """ Its id. """
    kind: str
    """ What it bills. """
    notes: str
    """ Free text at its end. """
    status: str
    """ How it stands. """
    subtotal: str
    tax: str
    tenant_id: str
    """ Whom it bills. """
    timezone: str
    """ IANA zone of its dates. """
    total: str
    version: int
    """ Grows with each change; the `ETag` of the invoice. """
    due_date: datetime.date | None | Unset = UNSET
    """ The last day to pay it. """
    flagged_at: datetime.datetime | None | Unset = UNSET
    issue_date: datetime.date | None | Unset = UNSET
    """ The date of that. """
    issued_at: datetime.datetime | None | Unset = UNSET
    lines: list[InvoiceLine] | None | Unset = UNSET
    """ Its lines, in order; left out where they were not asked for. """
    number: None | str | Unset = UNSET
    """ Its number; a draft has none. """
    period: None | Span | Unset = UNSET
    plan: None | str | Unset = UNSET
    """ The name of the billing profile, on invoices of periods. """
    taxes: list[InvoiceTax] | None | Unset = UNSET
    """ Its taxes, in order; left out where they were not asked for. """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        from ..models.span import Span

        amount_due = self.amount_due

        amount_paid = self.amount_paid

        amount_refunded = self.amount_refunded

        bill_to = self.bill_to.to_dict()

        created_at = self.created_at.isoformat()

        credit_applied = self.credit_applied

        currency = self.currency

        id = self.id

        kind = self.kind

        notes = self.notes

        status = self.status

        subtotal = self.subtotal

        tax = self.tax

        tenant_id = self.tenant_id

        timezone = self.timezone

        total = self.total

        version = self.version

        due_date: None | str | Unset
        if isinstance(self.due_date, Unset):
            due_date = UNSET
        elif isinstance(self.due_date, datetime.date):
            due_date = self.due_date.isoformat()
        else:
            due_date = self.due_date

        flagged_at: None | str | Unset
        if isinstance(self.flagged_at, Unset):
            flagged_at = UNSET
        elif isinstance(self.flagged_at, datetime.datetime):
            flagged_at = self.flagged_at.isoformat()
        else:
            flagged_at = self.flagged_at

        issue_date: None | str | Unset
        if isinstance(self.issue_date, Unset):
            issue_date = UNSET
        elif isinstance(self.issue_date, datetime.date):
            issue_date = self.issue_date.isoformat()
        else:
            issue_date = self.issue_date

        issued_at: None | str | Unset
        if isinstance(self.issued_at, Unset):
            issued_at = UNSET
        elif isinstance(self.issued_at, datetime.datetime):
            issued_at = self.issued_at.isoformat()
        else:
            issued_at = self.issued_at

        lines: list[dict[str, Any]] | None | Unset
        if isinstance(self.lines, Unset):
            lines = UNSET
        elif isinstance(self.lines, list):
            lines = []
            for lines_type_0_item_data in self.lines:
                lines_type_0_item = lines_type_0_item_data.to_dict()
                lines.append(lines_type_0_item)

        else:
            lines = self.lines

        number: None | str | Unset
        if isinstance(self.number, Unset):
            number = UNSET
        else:
            number = self.number

        period: dict[str, Any] | None | Unset
        if isinstance(self.period, Unset):
            period = UNSET
        elif isinstance(self.period, Span):
            period = self.period.to_dict()
        else:
            period = self.period

        plan: None | str | Unset
        if isinstance(self.plan, Unset):
            plan = UNSET
        else:
            plan = self.plan

        taxes: list[dict[str, Any]] | None | Unset
        if isinstance(self.taxes, Unset):
            taxes = UNSET
        elif isinstance(self.taxes, list):
            taxes = []
            for taxes_type_0_item_data in self.taxes:
                taxes_type_0_item = taxes_type_0_item_data.to_dict()
                taxes.append(taxes_type_0_item)

        else:
            taxes = self.taxes

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "amount_due": amount_due,
                "amount_paid": amount_paid,
                "amount_refunded": amount_refunded,
                "bill_to": bill_to,
                "created_at": created_at,
                "credit_applied": credit_applied,
                "currency": currency,
                "id": id,
                "kind": kind,
                "notes": notes,
                "status": status,
                "subtotal": subtotal,
                "tax": tax,
                "tenant_id": tenant_id,
                "timezone": timezone,
                "total": total,
                "version": version,
            }
        )
        if due_date is not UNSET:
            field_dict["due_date"] = due_date
        if flagged_at is not UNSET:
            field_dict["flagged_at"] = flagged_at
        if issue_date is not UNSET:
            field_dict["issue_date"] = issue_date
        if issued_at is not UNSET:
            field_dict["issued_at"] = issued_at
        if lines is not UNSET:
            field_dict["lines"] = lines
        if number is not UNSET:
            field_dict["number"] = number
        if period is not UNSET:
            field_dict["period"] = period
        if plan is not UNSET:
            field_dict["plan"] = plan
        if taxes is not UNSET:
            field_dict["taxes"] = taxes

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        from ..models.bill_to import BillTo
        from ..models.invoice_line import InvoiceLine
        from ..models.invoice_tax import InvoiceTax
        from ..models.span import Span

        d = dict(src_dict)
        amount_due = d.pop("amount_due")

        amount_paid = d.pop("amount_paid")

        amount_refunded = d.pop("amount_refunded")

        bill_to = BillTo.from_dict(d.pop("bill_to"))

        created_at = datetime.datetime.fromisoformat(d.pop("created_at"))

        credit_applied = d.pop("credit_applied")

        currency = d.pop("currency")

        id = d.pop("id")

        kind = d.pop("kind")

        notes = d.pop("notes")

        status = d.pop("status")

        subtotal = d.pop("subtotal")

        tax = d.pop("tax")

        tenant_id = d.pop("tenant_id")

        timezone = d.pop("timezone")

        total = d.pop("total")

        version = d.pop("version")

        def _parse_due_date(data: object) -> datetime.date | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                due_date_type_0 = datetime.date.fromisoformat(data)

                return due_date_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.date | None | Unset, data)

        due_date = _parse_due_date(d.pop("due_date", UNSET))

        def _parse_flagged_at(data: object) -> datetime.datetime | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                flagged_at_type_0 = datetime.datetime.fromisoformat(data)

                return flagged_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None | Unset, data)

        flagged_at = _parse_flagged_at(d.pop("flagged_at", UNSET))

        def _parse_issue_date(data: object) -> datetime.date | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                issue_date_type_0 = datetime.date.fromisoformat(data)

                return issue_date_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.date | None | Unset, data)

        issue_date = _parse_issue_date(d.pop("issue_date", UNSET))

        def _parse_issued_at(data: object) -> datetime.datetime | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                issued_at_type_0 = datetime.datetime.fromisoformat(data)

                return issued_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None | Unset, data)

        issued_at = _parse_issued_at(d.pop("issued_at", UNSET))

        def _parse_lines(data: object) -> list[InvoiceLine] | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, list):
                    raise TypeError()
                lines_type_0 = []
                _lines_type_0 = data
                for lines_type_0_item_data in _lines_type_0:
                    lines_type_0_item = InvoiceLine.from_dict(lines_type_0_item_data)

                    lines_type_0.append(lines_type_0_item)

                return lines_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(list[InvoiceLine] | None | Unset, data)

        lines = _parse_lines(d.pop("lines", UNSET))

        def _parse_number(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        number = _parse_number(d.pop("number", UNSET))

        def _parse_period(data: object) -> None | Span | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                period_type_0 = Span.from_dict(data)

                return period_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | Span | Unset, data)

        period = _parse_period(d.pop("period", UNSET))

        def _parse_plan(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        plan = _parse_plan(d.pop("plan", UNSET))

        def _parse_taxes(data: object) -> list[InvoiceTax] | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, list):
                    raise TypeError()
                taxes_type_0 = []
                _taxes_type_0 = data
                for taxes_type_0_item_data in _taxes_type_0:
                    taxes_type_0_item = InvoiceTax.from_dict(taxes_type_0_item_data)

                    taxes_type_0.append(taxes_type_0_item)

                return taxes_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(list[InvoiceTax] | None | Unset, data)

        taxes = _parse_taxes(d.pop("taxes", UNSET))

        list_invoice_data_item = cls(
            amount_due=amount_due,
            amount_paid=amount_paid,
            amount_refunded=amount_refunded,
            bill_to=bill_to,
            created_at=created_at,
            credit_applied=credit_applied,
            currency=currency,
            id=id,
            kind=kind,
            notes=notes,
            status=status,
            subtotal=subtotal,
            tax=tax,
            tenant_id=tenant_id,
            timezone=timezone,
            total=total,
            version=version,
            due_date=due_date,
            flagged_at=flagged_at,
            issue_date=issue_date,
            issued_at=issued_at,
            lines=lines,
            number=number,
            period=period,
            plan=plan,
            taxes=taxes,
        )

        list_invoice_data_item.additional_properties = d
        return list_invoice_data_item

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
