from http import HTTPStatus
from typing import Any

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.cdr_batch_input import CdrBatchInput
from ...models.cdr_batch_result import CdrBatchResult
from ...models.problem import Problem
from ...types import UNSET, File, Response, Unset


def _get_kwargs(
    *,
    body: CdrBatchInput | File | Unset = UNSET,
    source: str | Unset = UNSET,
    idempotency_key: str | Unset = UNSET,
) -> dict[str, Any]:
    headers: dict[str, Any] = {}
    if not isinstance(idempotency_key, Unset):
        headers["Idempotency-Key"] = idempotency_key

    params: dict[str, Any] = {}

    params["source"] = source

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    _kwargs: dict[str, Any] = {
        "method": "post",
        "url": "/v1/cdr-batches",
        "params": params,
    }

    if isinstance(body, CdrBatchInput):
        _kwargs["json"] = body.to_dict()

        headers["Content-Type"] = "application/json"
    if isinstance(body, File):
        _kwargs["content"] = body.payload
        headers["Content-Type"] = "application/x-ndjson"

    _kwargs["headers"] = headers
    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> CdrBatchResult | Problem | None:
    if response.status_code == 200:
        response_200 = CdrBatchResult.from_dict(response.json())

        return response_200

    if response.status_code == 400:
        response_400 = Problem.from_dict(response.json())

        return response_400

    if response.status_code == 401:
        response_401 = Problem.from_dict(response.json())

        return response_401

    if response.status_code == 403:
        response_403 = Problem.from_dict(response.json())

        return response_403

    if response.status_code == 409:
        response_409 = Problem.from_dict(response.json())

        return response_409

    if response.status_code == 413:
        response_413 = Problem.from_dict(response.json())

        return response_413

    if response.status_code == 415:
        response_415 = Problem.from_dict(response.json())

        return response_415

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
) -> Response[CdrBatchResult | Problem]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    *,
    client: AuthenticatedClient,
    body: CdrBatchInput | File | Unset = UNSET,
    source: str | Unset = UNSET,
    idempotency_key: str | Unset = UNSET,
) -> Response[CdrBatchResult | Problem]:
    """Send call records

     Up to 10,000 records and 32 MB, as JSON, or as NDJSON with `?source=`. Each record is answered
    for, in order. A record that is known already changes nothing, however often it is sent; one
    that cannot be taken is kept under `/v1/rejects` and does not stop the rest.

    Args:
        source (str | Unset):
        idempotency_key (str | Unset):
        body (CdrBatchInput): Call records of one source.
        body (File):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[CdrBatchResult | Problem]
    """

    kwargs = _get_kwargs(
        body=body,
        source=source,
        idempotency_key=idempotency_key,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    *,
    client: AuthenticatedClient,
    body: CdrBatchInput | File | Unset = UNSET,
    source: str | Unset = UNSET,
    idempotency_key: str | Unset = UNSET,
) -> CdrBatchResult | Problem | None:
    """Send call records

     Up to 10,000 records and 32 MB, as JSON, or as NDJSON with `?source=`. Each record is answered
    for, in order. A record that is known already changes nothing, however often it is sent; one
    that cannot be taken is kept under `/v1/rejects` and does not stop the rest.

    Args:
        source (str | Unset):
        idempotency_key (str | Unset):
        body (CdrBatchInput): Call records of one source.
        body (File):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        CdrBatchResult | Problem
    """

    return sync_detailed(
        client=client,
        body=body,
        source=source,
        idempotency_key=idempotency_key,
    ).parsed


async def asyncio_detailed(
    *,
    client: AuthenticatedClient,
    body: CdrBatchInput | File | Unset = UNSET,
    source: str | Unset = UNSET,
    idempotency_key: str | Unset = UNSET,
) -> Response[CdrBatchResult | Problem]:
    """Send call records

     Up to 10,000 records and 32 MB, as JSON, or as NDJSON with `?source=`. Each record is answered
    for, in order. A record that is known already changes nothing, however often it is sent; one
    that cannot be taken is kept under `/v1/rejects` and does not stop the rest.

    Args:
        source (str | Unset):
        idempotency_key (str | Unset):
        body (CdrBatchInput): Call records of one source.
        body (File):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[CdrBatchResult | Problem]
    """

    kwargs = _get_kwargs(
        body=body,
        source=source,
        idempotency_key=idempotency_key,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    *,
    client: AuthenticatedClient,
    body: CdrBatchInput | File | Unset = UNSET,
    source: str | Unset = UNSET,
    idempotency_key: str | Unset = UNSET,
) -> CdrBatchResult | Problem | None:
    """Send call records

     Up to 10,000 records and 32 MB, as JSON, or as NDJSON with `?source=`. Each record is answered
    for, in order. A record that is known already changes nothing, however often it is sent; one
    that cannot be taken is kept under `/v1/rejects` and does not stop the rest.

    Args:
        source (str | Unset):
        idempotency_key (str | Unset):
        body (CdrBatchInput): Call records of one source.
        body (File):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        CdrBatchResult | Problem
    """

    return (
        await asyncio_detailed(
            client=client,
            body=body,
            source=source,
            idempotency_key=idempotency_key,
        )
    ).parsed
