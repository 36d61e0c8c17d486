import datetime
from http import HTTPStatus
from typing import Any

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.list_invoice import ListInvoice
from ...models.problem import Problem
from ...types import UNSET, Response, Unset


def _get_kwargs(
    *,
    tenant_id: str | Unset = UNSET,
    status: str | Unset = UNSET,
    kind: str | Unset = UNSET,
    number: str | Unset = UNSET,
    q: str | Unset = UNSET,
    createdgte: datetime.datetime | Unset = UNSET,
    createdlt: datetime.datetime | Unset = UNSET,
    issuedgte: datetime.datetime | Unset = UNSET,
    issuedlt: datetime.datetime | Unset = UNSET,
    duegte: datetime.date | Unset = UNSET,
    duelt: datetime.date | Unset = UNSET,
    sort: str | Unset = UNSET,
    expand: str | Unset = UNSET,
    limit: int | Unset = UNSET,
    starting_after: str | Unset = UNSET,
    ending_before: str | Unset = UNSET,
) -> dict[str, Any]:

    params: dict[str, Any] = {}

    params["tenant_id"] = tenant_id

    params["status"] = status

    params["kind"] = kind

    params["number"] = number

    params["q"] = q

    json_createdgte: str | Unset = UNSET
    if not isinstance(createdgte, Unset):
        json_createdgte = createdgte.isoformat()
    params["created[gte]"] = json_createdgte

    json_createdlt: str | Unset = UNSET
    if not isinstance(createdlt, Unset):
        json_createdlt = createdlt.isoformat()
    params["created[lt]"] = json_createdlt

    json_issuedgte: str | Unset = UNSET
    if not isinstance(issuedgte, Unset):
        json_issuedgte = issuedgte.isoformat()
    params["issued[gte]"] = json_issuedgte

    json_issuedlt: str | Unset = UNSET
    if not isinstance(issuedlt, Unset):
        json_issuedlt = issuedlt.isoformat()
    params["issued[lt]"] = json_issuedlt

    json_duegte: str | Unset = UNSET
    if not isinstance(duegte, Unset):
        json_duegte = duegte.isoformat()
    params["due[gte]"] = json_duegte

    json_duelt: str | Unset = UNSET
    if not isinstance(duelt, Unset):
        json_duelt = duelt.isoformat()
    params["due[lt]"] = json_duelt

    params["sort"] = sort

    params["expand[]"] = expand

    params["limit"] = limit

    params["starting_after"] = starting_after

    params["ending_before"] = ending_before

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    _kwargs: dict[str, Any] = {
        "method": "get",
        "url": "/v1/invoices",
        "params": params,
    }

    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> ListInvoice | Problem | None:
    if response.status_code == 200:
        response_200 = ListInvoice.from_dict(response.json())

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
) -> Response[ListInvoice | Problem]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    *,
    client: AuthenticatedClient,
    tenant_id: str | Unset = UNSET,
    status: str | Unset = UNSET,
    kind: str | Unset = UNSET,
    number: str | Unset = UNSET,
    q: str | Unset = UNSET,
    createdgte: datetime.datetime | Unset = UNSET,
    createdlt: datetime.datetime | Unset = UNSET,
    issuedgte: datetime.datetime | Unset = UNSET,
    issuedlt: datetime.datetime | Unset = UNSET,
    duegte: datetime.date | Unset = UNSET,
    duelt: datetime.date | Unset = UNSET,
    sort: str | Unset = UNSET,
    expand: str | Unset = UNSET,
    limit: int | Unset = UNSET,
    starting_after: str | Unset = UNSET,
    ending_before: str | Unset = UNSET,
) -> Response[ListInvoice | Problem]:
    """List invoices

     Of all tenants that the key reaches, newest first, drafts included.

    Args:
        tenant_id (str | Unset):
        status (str | Unset):
        kind (str | Unset):
        number (str | Unset):
        q (str | Unset):
        createdgte (datetime.datetime | Unset):
        createdlt (datetime.datetime | Unset):
        issuedgte (datetime.datetime | Unset):
        issuedlt (datetime.datetime | Unset):
        duegte (datetime.date | Unset):
        duelt (datetime.date | Unset):
        sort (str | Unset):
        expand (str | Unset):
        limit (int | Unset):
        starting_after (str | Unset):
        ending_before (str | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[ListInvoice | Problem]
    """

    kwargs = _get_kwargs(
        tenant_id=tenant_id,
        status=status,
        kind=kind,
        number=number,
        q=q,
        createdgte=createdgte,
        createdlt=createdlt,
        issuedgte=issuedgte,
        issuedlt=issuedlt,
        duegte=duegte,
        duelt=duelt,
        sort=sort,
        expand=expand,
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
    tenant_id: str | Unset = UNSET,
    status: str | Unset = UNSET,
    kind: str | Unset = UNSET,
    number: str | Unset = UNSET,
    q: str | Unset = UNSET,
    createdgte: datetime.datetime | Unset = UNSET,
    createdlt: datetime.datetime | Unset = UNSET,
    issuedgte: datetime.datetime | Unset = UNSET,
    issuedlt: datetime.datetime | Unset = UNSET,
    duegte: datetime.date | Unset = UNSET,
    duelt: datetime.date | Unset = UNSET,
    sort: str | Unset = UNSET,
    expand: str | Unset = UNSET,
    limit: int | Unset = UNSET,
    starting_after: str | Unset = UNSET,
    ending_before: str | Unset = UNSET,
) -> ListInvoice | Problem | None:
    """List invoices

     Of all tenants that the key reaches, newest first, drafts included.

    Args:
        tenant_id (str | Unset):
        status (str | Unset):
        kind (str | Unset):
        number (str | Unset):
        q (str | Unset):
        createdgte (datetime.datetime | Unset):
        createdlt (datetime.datetime | Unset):
        issuedgte (datetime.datetime | Unset):
        issuedlt (datetime.datetime | Unset):
        duegte (datetime.date | Unset):
        duelt (datetime.date | Unset):
        sort (str | Unset):
        expand (str | Unset):
        limit (int | Unset):
        starting_after (str | Unset):
        ending_before (str | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        ListInvoice | Problem
    """

    return sync_detailed(
        client=client,
        tenant_id=tenant_id,
        status=status,
        kind=kind,
        number=number,
        q=q,
        createdgte=createdgte,
        createdlt=createdlt,
        issuedgte=issuedgte,
        issuedlt=issuedlt,
        duegte=duegte,
        duelt=duelt,
        sort=sort,
        expand=expand,
        limit=limit,
        starting_after=starting_after,
        ending_before=ending_before,
    ).parsed


async def asyncio_detailed(
    *,
    client: AuthenticatedClient,
    tenant_id: str | Unset = UNSET,
    status: str | Unset = UNSET,
    kind: str | Unset = UNSET,
    number: str | Unset = UNSET,
    q: str | Unset = UNSET,
    createdgte: datetime.datetime | Unset = UNSET,
    createdlt: datetime.datetime | Unset = UNSET,
    issuedgte: datetime.datetime | Unset = UNSET,
    issuedlt: datetime.datetime | Unset = UNSET,
    duegte: datetime.date | Unset = UNSET,
    duelt: datetime.date | Unset = UNSET,
    sort: str | Unset = UNSET,
    expand: str | Unset = UNSET,
    limit: int | Unset = UNSET,
    starting_after: str | Unset = UNSET,
    ending_before: str | Unset = UNSET,
) -> Response[ListInvoice | Problem]:
    """List invoices

     Of all tenants that the key reaches, newest first, drafts included.

    Args:
        tenant_id (str | Unset):
        status (str | Unset):
        kind (str | Unset):
        number (str | Unset):
        q (str | Unset):
        createdgte (datetime.datetime | Unset):
        createdlt (datetime.datetime | Unset):
        issuedgte (datetime.datetime | Unset):
        issuedlt (datetime.datetime | Unset):
        duegte (datetime.date | Unset):
        duelt (datetime.date | Unset):
        sort (str | Unset):
        expand (str | Unset):
        limit (int | Unset):
        starting_after (str | Unset):
        ending_before (str | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[ListInvoice | Problem]
    """

    kwargs = _get_kwargs(
        tenant_id=tenant_id,
        status=status,
        kind=kind,
        number=number,
        q=q,
        createdgte=createdgte,
        createdlt=createdlt,
        issuedgte=issuedgte,
        issuedlt=issuedlt,
        duegte=duegte,
        duelt=duelt,
        sort=sort,
        expand=expand,
        limit=limit,
        starting_after=starting_after,
        ending_before=ending_before,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    *,
    client: AuthenticatedClient,
    tenant_id: str | Unset = UNSET,
    status: str | Unset = UNSET,
    kind: str | Unset = UNSET,
    number: str | Unset = UNSET,
    q: str | Unset = UNSET,
    createdgte: datetime.datetime | Unset = UNSET,
    createdlt: datetime.datetime | Unset = UNSET,
    issuedgte: datetime.datetime | Unset = UNSET,
    issuedlt: datetime.datetime | Unset = UNSET,
    duegte: datetime.date | Unset = UNSET,
    duelt: datetime.date | Unset = UNSET,
    sort: str | Unset = UNSET,
    expand: str | Unset = UNSET,
    limit: int | Unset = UNSET,
    starting_after: str | Unset = UNSET,
    ending_before: str | Unset = UNSET,
) -> ListInvoice | Problem | None:
    """List invoices

     Of all tenants that the key reaches, newest first, drafts included.

    Args:
        tenant_id (str | Unset):
        status (str | Unset):
        kind (str | Unset):
        number (str | Unset):
        q (str | Unset):
        createdgte (datetime.datetime | Unset):
        createdlt (datetime.datetime | Unset):
        issuedgte (datetime.datetime | Unset):
        issuedlt (datetime.datetime | Unset):
        duegte (datetime.date | Unset):
        duelt (datetime.date | Unset):
        sort (str | Unset):
        expand (str | Unset):
        limit (int | Unset):
        starting_after (str | Unset):
        ending_before (str | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        ListInvoice | Problem
    """

    return (
        await asyncio_detailed(
            client=client,
            tenant_id=tenant_id,
            status=status,
            kind=kind,
            number=number,
            q=q,
            createdgte=createdgte,
            createdlt=createdlt,
            issuedgte=issuedgte,
            issuedlt=issuedlt,
            duegte=duegte,
            duelt=duelt,
            sort=sort,
            expand=expand,
            limit=limit,
            starting_after=starting_after,
            ending_before=ending_before,
        )
    ).parsed
