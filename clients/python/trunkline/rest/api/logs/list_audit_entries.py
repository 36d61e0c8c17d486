import datetime
from http import HTTPStatus
from typing import Any

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.list_audit_entry import ListAuditEntry
from ...models.problem import Problem
from ...types import UNSET, Response, Unset


def _get_kwargs(
    *,
    actor_id: str | Unset = UNSET,
    tenant_id: str | Unset = UNSET,
    action: str | Unset = UNSET,
    object_id: str | Unset = UNSET,
    request_id: str | Unset = UNSET,
    atgte: datetime.datetime | Unset = UNSET,
    atlt: datetime.datetime | Unset = UNSET,
    limit: int | Unset = UNSET,
    starting_after: str | Unset = UNSET,
    ending_before: str | Unset = UNSET,
) -> dict[str, Any]:

    params: dict[str, Any] = {}

    params["actor_id"] = actor_id

    params["tenant_id"] = tenant_id

    params["action"] = action

    params["object_id"] = object_id

    params["request_id"] = request_id

    json_atgte: str | Unset = UNSET
    if not isinstance(atgte, Unset):
        json_atgte = atgte.isoformat()
    params["at[gte]"] = json_atgte

    json_atlt: str | Unset = UNSET
    if not isinstance(atlt, Unset):
        json_atlt = atlt.isoformat()
    params["at[lt]"] = json_atlt

    params["limit"] = limit

    params["starting_after"] = starting_after

    params["ending_before"] = ending_before

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    _kwargs: dict[str, Any] = {
        "method": "get",
        "url": "/v1/audit-entries",
        "params": params,
    }

    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> ListAuditEntry | Problem | None:
    if response.status_code == 200:
        response_200 = ListAuditEntry.from_dict(response.json())

        return response_200

    if response.status_code == 401:
        response_401 = Problem.from_dict(response.json())

        return response_401

    if response.status_code == 403:
        response_403 = Problem.from_dict(response.json())

        return response_403

    if response.status_code == 422:
        response_422 = Problem.from_dict(response.json())

        return response_422

    if response.status_code == 429:
        response_429 = Problem.from_dict(response.json())

        return response_429

    if response.status_code == 500:
        response_500 = Problem.from_dict(response.json())

        return response_500

    if response.status_code == 503:
        response_503 = Problem.from_dict(response.json())

        return response_503

    if client.raise_on_unexpected_status:
        raise errors.UnexpectedStatus(response.status_code, response.content)
    else:
        return None


def _build_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> Response[ListAuditEntry | Problem]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    *,
    client: AuthenticatedClient,
    actor_id: str | Unset = UNSET,
    tenant_id: str | Unset = UNSET,
    action: str | Unset = UNSET,
    object_id: str | Unset = UNSET,
    request_id: str | Unset = UNSET,
    atgte: datetime.datetime | Unset = UNSET,
    atlt: datetime.datetime | Unset = UNSET,
    limit: int | Unset = UNSET,
    starting_after: str | Unset = UNSET,
    ending_before: str | Unset = UNSET,
) -> Response[ListAuditEntry | Problem]:
    """List audit entries

     Who changed what, newest first. A key that is restricted to some tenants sees what is about
    these.

    Args:
        actor_id (str | Unset):
        tenant_id (str | Unset):
        action (str | Unset):
        object_id (str | Unset):
        request_id (str | Unset):
        atgte (datetime.datetime | Unset):
        atlt (datetime.datetime | Unset):
        limit (int | Unset):
        starting_after (str | Unset):
        ending_before (str | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[ListAuditEntry | Problem]
    """

    kwargs = _get_kwargs(
        actor_id=actor_id,
        tenant_id=tenant_id,
        action=action,
        object_id=object_id,
        request_id=request_id,
        atgte=atgte,
        atlt=atlt,
        limit=limit,
        starting_after=starting_after,
        ending_before=ending_before,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    *,
    client: AuthenticatedClient,
    actor_id: str | Unset = UNSET,
    tenant_id: str | Unset = UNSET,
    action: str | Unset = UNSET,
    object_id: str | Unset = UNSET,
    request_id: str | Unset = UNSET,
    atgte: datetime.datetime | Unset = UNSET,
    atlt: datetime.datetime | Unset = UNSET,
    limit: int | Unset = UNSET,
    starting_after: str | Unset = UNSET,
    ending_before: str | Unset = UNSET,
) -> ListAuditEntry | Problem | None:
    """List audit entries

     Who changed what, newest first. A key that is restricted to some tenants sees what is about
    these.

    Args:
        actor_id (str | Unset):
        tenant_id (str | Unset):
        action (str | Unset):
        object_id (str | Unset):
        request_id (str | Unset):
        atgte (datetime.datetime | Unset):
        atlt (datetime.datetime | Unset):
        limit (int | Unset):
        starting_after (str | Unset):
        ending_before (str | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        ListAuditEntry | Problem
    """

    return sync_detailed(
        client=client,
        actor_id=actor_id,
        tenant_id=tenant_id,
        action=action,
        object_id=object_id,
        request_id=request_id,
        atgte=atgte,
        atlt=atlt,
        limit=limit,
        starting_after=starting_after,
        ending_before=ending_before,
    ).parsed


async def asyncio_detailed(
    *,
    client: AuthenticatedClient,
    actor_id: str | Unset = UNSET,
    tenant_id: str | Unset = UNSET,
    action: str | Unset = UNSET,
    object_id: str | Unset = UNSET,
    request_id: str | Unset = UNSET,
    atgte: datetime.datetime | Unset = UNSET,
    atlt: datetime.datetime | Unset = UNSET,
    limit: int | Unset = UNSET,
    starting_after: str | Unset = UNSET,
    ending_before: str | Unset = UNSET,
) -> Response[ListAuditEntry | Problem]:
    """List audit entries

     Who changed what, newest first. A key that is restricted to some tenants sees what is about
    these.

    Args:
        actor_id (str | Unset):
        tenant_id (str | Unset):
        action (str | Unset):
        object_id (str | Unset):
        request_id (str | Unset):
        atgte (datetime.datetime | Unset):
        atlt (datetime.datetime | Unset):
        limit (int | Unset):
        starting_after (str | Unset):
        ending_before (str | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[ListAuditEntry | Problem]
    """

    kwargs = _get_kwargs(
        actor_id=actor_id,
        tenant_id=tenant_id,
        action=action,
        object_id=object_id,
        request_id=request_id,
        atgte=atgte,
        atlt=atlt,
        limit=limit,
        starting_after=starting_after,
        ending_before=ending_before,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    *,
    client: AuthenticatedClient,
    actor_id: str | Unset = UNSET,
    tenant_id: str | Unset = UNSET,
    action: str | Unset = UNSET,
    object_id: str | Unset = UNSET,
    request_id: str | Unset = UNSET,
    atgte: datetime.datetime | Unset = UNSET,
    atlt: datetime.datetime | Unset = UNSET,
    limit: int | Unset = UNSET,
    starting_after: str | Unset = UNSET,
    ending_before: str | Unset = UNSET,
) -> ListAuditEntry | Problem | None:
    """List audit entries

     Who changed what, newest first. A key that is restricted to some tenants sees what is about
    these.

    Args:
        actor_id (str | Unset):
        tenant_id (str | Unset):
        action (str | Unset):
        object_id (str | Unset):
        request_id (str | Unset):
        atgte (datetime.datetime | Unset):
        atlt (datetime.datetime | Unset):
        limit (int | Unset):
        starting_after (str | Unset):
        ending_before (str | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        ListAuditEntry | Problem
    """

    return (
        await asyncio_detailed(
            client=client,
            actor_id=actor_id,
            tenant_id=tenant_id,
            action=action,
            object_id=object_id,
            request_id=request_id,
            atgte=atgte,
            atlt=atlt,
            limit=limit,
            starting_after=starting_after,
            ending_before=ending_before,
        )
    ).parsed
