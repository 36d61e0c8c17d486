from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, Self, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

T = TypeVar("T", bound="EndpointWithSecret")


@_attrs_define
class EndpointWithSecret:
    """An endpoint and, in the answer that makes or rotates it, its signing secret."""

    consecutive_failures: int
    """ Failed attempts in a row. """
    created_at: datetime.datetime
    description: str
    """ For people. """
    event_types: list[str]
    """ The events it is sent. """
    id: str
    """ Its id. """
    status: str
    """ `enabled`, `disabled`, or `disabled_auto` after 100 failures in a row. """
    url: str
    """ Where to. """
    version: int
    """ Grows with each change; the `ETag` of the endpoint. """
    secret: str
    """ Signs the messages. It is shown in this answer and never again. """
    previous_secret_until: datetime.datetime | None | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        consecutive_failures = self.consecutive_failures

        created_at = self.created_at.isoformat()

        description = self.description

        event_types = self.event_types

        id = self.id

        status = self.status

        url = self.url

        version = self.version

        secret = self.secret

        previous_secret_until: None | str | Unset
        if isinstance(self.previous_secret_until, Unset):
            previous_secret_until = UNSET
        elif isinstance(self.previous_secret_until, datetime.datetime):
            previous_secret_until = self.previous_secret_until.isoformat()
        else:
            previous_secret_until = self.previous_secret_until

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "consecutive_failures": consecutive_failures,
                "created_at": created_at,
                "description": description,
                "event_types": event_types,
                "id": id,
                "status": status,
                "url": url,
                "version": version,
                "secret": secret,
            }
        )
        if previous_secret_until is not UNSET:
            field_dict["previous_secret_until"] = previous_secret_until

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)
        consecutive_failures = d.pop("consecutive_failures")

        created_at = datetime.datetime.fromisoformat(d.pop("created_at"))

        description = d.pop("description")

        event_types = cast(list[str], d.pop("event_types"))

        id = d.pop("id")

        status = d.pop("status")

        url = d.pop("url")

        version = d.pop("version")

        secret = d.pop("secret")

        def _parse_previous_secret_until(
            data: object,
        ) -> datetime.datetime | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                previous_secret_until_type_0 = datetime.datetime.fromisoformat(data)

                return previous_secret_until_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None | Unset, data)

        previous_secret_until = _parse_previous_secret_until(
            d.pop("previous_secret_until", UNSET)
        )

        endpoint_with_secret = cls(
            consecutive_failures=consecutive_failures,
            created_at=created_at,
            description=description,
            event_types=event_types,
            id=id,
            status=status,
            url=url,
            version=version,
            secret=secret,
            previous_secret_until=previous_secret_until,
        )

        endpoint_with_secret.additional_properties = d
        return endpoint_with_secret

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
