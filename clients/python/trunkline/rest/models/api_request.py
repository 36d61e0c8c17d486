from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, Self, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="ApiRequest")


@_attrs_define
class ApiRequest:
    """One request to the API, in short."""

    at: datetime.datetime
    code: str
    """ The problem's code; empty where all went well. """
    duration_micros: int
    """ How long the answer took, in microseconds. """
    id: str
    """ Its id: the `X-Request-Id` of its answer. """
    ip: str
    """ From which address. """
    key_id: str
    """ The key that asked. """
    method: str
    """ HTTP method. """
    path: str
    """ Path and query. """
    request_body: str
    """ What was sent, without secrets and cut short. """
    status: int
    """ HTTP status of the answer. """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        at = self.at.isoformat()

        code = self.code

        duration_micros = self.duration_micros

        id = self.id

        ip = self.ip

        key_id = self.key_id

        method = self.method

        path = self.path

        request_body = self.request_body

        status = self.status

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "at": at,
                "code": code,
                "duration_micros": duration_micros,
                "id": id,
                "ip": ip,
                "key_id": key_id,
                "method": method,
                "path": path,
                "request_body": request_body,
                "status": status,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)
        at = datetime.datetime.fromisoformat(d.pop("at"))

        code = d.pop("code")

        duration_micros = d.pop("duration_micros")

        id = d.pop("id")

        ip = d.pop("ip")

        key_id = d.pop("key_id")

        method = d.pop("method")

        path = d.pop("path")

        request_body = d.pop("request_body")

        status = d.pop("status")

        api_request = cls(
            at=at,
            code=code,
            duration_micros=duration_micros,
            id=id,
            ip=ip,
            key_id=key_id,
            method=method,
            path=path,
            request_body=request_body,
            status=status,
        )

        api_request.additional_properties = d
        return api_request

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
