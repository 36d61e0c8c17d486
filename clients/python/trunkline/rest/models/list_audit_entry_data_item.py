from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Self, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.list_audit_entry_data_item_after_type_0 import (
        ListAuditEntryDataItemAfterType0,
    )
    from ..models.list_audit_entry_data_item_before_type_0 import (
        ListAuditEntryDataItemBeforeType0,
    )


T = TypeVar("T", bound="ListAuditEntryDataItem")


@_attrs_define
class ListAuditEntryDataItem:
    """One change: who did what to what."""

    action: str
    """ What was done. """
    actor_id: str
    """ The actor's id. """
    actor_kind: str
    """ `api_key` or `command`. """
    actor_name: str
    """ The actor's name at that time. """
    at: datetime.datetime
    id: str
    """ Its id. """
    ip: str
    """ From which address. """
    object_id: str
    """ To what. """
    request_id: str
    """ The request that did it: its `X-Request-Id`. """
    after: ListAuditEntryDataItemAfterType0 | None | Unset = UNSET
    """ The object as it is; absent where it is gone. """
    before: ListAuditEntryDataItemBeforeType0 | None | Unset = UNSET
    """ The object as it was; absent where it is new. """
    tenant_id: None | str | Unset = UNSET
    """ The tenant it is about. """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        from ..models.list_audit_entry_data_item_after_type_0 import (
            ListAuditEntryDataItemAfterType0,
        )
        from ..models.list_audit_entry_data_item_before_type_0 import (
            ListAuditEntryDataItemBeforeType0,
        )

        action = self.action

        actor_id = self.actor_id

        actor_kind = self.actor_kind

        actor_name = self.actor_name

        at = self.at.isoformat()

        id = self.id

        ip = self.ip

        object_id = self.object_id

        request_id = self.request_id

        after: dict[str, Any] | None | Unset
        if isinstance(self.after, Unset):
            after = UNSET
        elif isinstance(self.after, ListAuditEntryDataItemAfterType0):
            after = self.after.to_dict()
        else:
            after = self.after

        before: dict[str, Any] | None | Unset
        if isinstance(self.before, Unset):
            before = UNSET
        elif isinstance(self.before, ListAuditEntryDataItemBeforeType0):
            before = self.before.to_dict()
        else:
            before = self.before

        tenant_id: None | str | Unset
        if isinstance(self.tenant_id, Unset):
            tenant_id = UNSET
        else:
            tenant_id = self.tenant_id

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "action": action,
                "actor_id": actor_id,
                "actor_kind": actor_kind,
                "actor_name": actor_name,
                "at": at,
                "id": id,
                "ip": ip,
                "object_id": object_id,
                "request_id": request_id,
            }
        )
        if after is not UNSET:
            field_dict["after"] = after
        if before is not UNSET:
            field_dict["before"] = before
        if tenant_id is not UNSET:
            field_dict["tenant_id"] = tenant_id

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        from ..models.list_audit_entry_data_item_after_type_0 import (
            ListAuditEntryDataItemAfterType0,
        )
        from ..models.list_audit_entry_data_item_before_type_0 import (
            ListAuditEntryDataItemBeforeType0,
        )

        d = dict(src_dict)
        action = d.pop("action")

        actor_id = d.pop("actor_id")

        actor_kind = d.pop("actor_kind")

        actor_name = d.pop("actor_name")

        at = datetime.datetime.fromisoformat(d.pop("at"))

        id = d.pop("id")

        ip = d.pop("ip")

        object_id = d.pop("object_id")

        request_id = d.pop("request_id")

        def _parse_after(
            data: object,
        ) -> ListAuditEntryDataItemAfterType0 | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                after_type_0 = ListAuditEntryDataItemAfterType0.from_dict(data)

                return after_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(ListAuditEntryDataItemAfterType0 | None | Unset, data)

        after = _parse_after(d.pop("after", UNSET))

        def _parse_before(
            data: object,
        ) -> ListAuditEntryDataItemBeforeType0 | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                before_type_0 = ListAuditEntryDataItemBeforeType0.from_dict(data)

                return before_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(ListAuditEntryDataItemBeforeType0 | None | Unset, data)

        before = _parse_before(d.pop("before", UNSET))

        def _parse_tenant_id(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        tenant_id = _parse_tenant_id(d.pop("tenant_id", UNSET))

        list_audit_entry_data_item = cls(
            action=action,
            actor_id=actor_id,
            actor_kind=actor_kind,
            actor_name=actor_name,
            at=at,
            id=id,
            ip=ip,
            object_id=object_id,
            request_id=request_id,
            after=after,
            before=before,
            tenant_id=tenant_id,
        )

        list_audit_entry_data_item.additional_properties = d
        return list_audit_entry_data_item

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
