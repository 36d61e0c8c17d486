import datetime
from http import HTTPStatus
from typing import Any
from urllib.parse import quote

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.deck_version_input import DeckVersionInput
from ...models.problem import Problem
from ...models.rate_deck_diff import RateDeckDiff
from ...models.rate_deck_version import RateDeckVersion
from ...types import UNSET, File, Response, Unset


def _get_kwargs(
    id: str,
    *,
    body: DeckVersionInput | File | Unset = UNSET,
    dry_run: bool | Unset = UNSET,
    name: str | Unset = UNSET,
    timezone: str | Unset = UNSET,
    effective_from: datetime.datetime | Unset = UNSET,
    idempotency_key: str | Unset = UNSET,
) -> dict[str, Any]:
    headers: dict[str, Any] = {}
    if not isinstance(idempotency_key, Unset):
        headers["Idempotency-Key"] = idempotency_key

    params: dict[str, Any] = {}

    params["dry_run"] = dry_run

    params["name"] = name

    params["timezone"] = timezone

    json_effective_from: str | Unset = UNSET
    if not isinstance(effective_from, Unset):
        json_effective_from = effective_from.isoformat()
    params["effective_from"] = json_effective_from

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    _kwargs: dict[str, Any] = {
        "method": "post",
        "url": "/v1/rate-decks/{id}/versions".format(
            id=quote(str(id), safe=""),
        ),
        "params": params,
    }

    if isinstance(body, DeckVersionInput):
        _kwargs["json"] = body.to_dict()

        headers["Content-Type"] = "application/json"
    if isinstance(body, File):
        _kwargs["content"] = body.payload
        headers["Content-Type"] = "text/csv"

    _kwargs["headers"] = headers
    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> Problem | RateDeckDiff | RateDeckVersion | None:
    if response.status_code == 200:
        response_200 = RateDeckDiff.from_dict(response.json())

        return response_200

    if response.status_code == 201:
        response_201 = RateDeckVersion.from_dict(response.json())

        return response_201

    if response.status_code == 400:
        response_400 = Problem.from_dict(response.json())

        return response_400

    if response.status_code == 401:
        response_401 = Problem.from_dict(response.json())

        return response_401

    if response.status_code == 403:
        response_403 = Problem.from_dict(response.json())

        return response_403

    if response.status_code == 404:
        response_404 = Problem.from_dict(response.json())

        return response_404

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
) -> Response[Problem | RateDeckDiff | RateDeckVersion]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    id: str,
    *,
    client: AuthenticatedClient,
    body: DeckVersionInput | File | Unset = UNSET,
    dry_run: bool | Unset = UNSET,
    name: str | Unset = UNSET,
    timezone: str | Unset = UNSET,
    effective_from: datetime.datetime | Unset = UNSET,
    idempotency_key: str | Unset = UNSET,
) -> Response[Problem | RateDeckDiff | RateDeckVersion]:
    """Add a version to a rate deck

     In force from `effective_from` on: now where that is left out, never before now or before the
    version it follows. `dry_run` answers how it differs from that version and saves nothing. Tells
    `rate_deck.updated`.

    Args:
        id (str):
        dry_run (bool | Unset):
        name (str | Unset):
        timezone (str | Unset):
        effective_from (datetime.datetime | Unset):
        idempotency_key (str | Unset):
        body (DeckVersionInput): A version of a rate deck to be.
        body (File):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Problem | RateDeckDiff | RateDeckVersion]
    """

    kwargs = _get_kwargs(
        id=id,
        body=body,
        dry_run=dry_run,
        name=name,
        timezone=timezone,
        effective_from=effective_from,
        idempotency_key=idempotency_key,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    id: str,
    *,
    client: AuthenticatedClient,
    body: DeckVersionInput | File | Unset = UNSET,
    dry_run: bool | Unset = UNSET,
    name: str | Unset = UNSET,
    timezone: str | Unset = UNSET,
    effective_from: datetime.datetime | Unset = UNSET,
    idempotency_key: str | Unset = UNSET,
) -> Problem | RateDeckDiff | RateDeckVersion | None:
    """Add a version to a rate deck

     In force from `effective_from` on: now where that is left out, never before now or before the
    version it follows. `dry_run` answers how it differs from that version and saves nothing. Tells
    `rate_deck.updated`.

    Args:
        id (str):
        dry_run (bool | Unset):
        name (str | Unset):
        timezone (str | Unset):
        effective_from (datetime.datetime | Unset):
        idempotency_key (str | Unset):
        body (DeckVersionInput): A version of a rate deck to be.
        body (File):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Problem | RateDeckDiff | RateDeckVersion
    """

    return sync_detailed(
        id=id,
        client=client,
        body=body,
        dry_run=dry_run,
        name=name,
        timezone=timezone,
        effective_from=effective_from,
        idempotency_key=idempotency_key,
    ).parsed


async def asyncio_detailed(
    id: str,
    *,
    client: AuthenticatedClient,
    body: DeckVersionInput | File | Unset = UNSET,
    dry_run: bool | Unset = UNSET,
    name: str | Unset = UNSET,
    timezone: str | Unset = UNSET,
    effective_from: datetime.datetime | Unset = UNSET,
    idempotency_key: str | Unset = UNSET,
) -> Response[Problem | RateDeckDiff | RateDeckVersion]:
    """Add a version to a rate deck

     In force from `effective_from` on: now where that is left out, never before now or before the
    version it follows. `dry_run` answers how it differs from that version and saves nothing. Tells
    `rate_deck.updated`.

    Args:
        id (str):
        dry_run (bool | Unset):
        name (str | Unset):
        timezone (str | Unset):
        effective_from (datetime.datetime | Unset):
        idempotency_key (str | Unset):
        body (DeckVersionInput): A version of a rate deck to be.
        body (File):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Problem | RateDeckDiff | RateDeckVersion]
    """

    kwargs = _get_kwargs(
        id=id,
        body=body,
        dry_run=dry_run,
        name=name,
        timezone=timezone,
        effective_from=effective_from,
        idempotency_key=idempotency_key,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    id: str,
    *,
    client: AuthenticatedClient,
    body: DeckVersionInput | File | Unset = UNSET,
    dry_run: bool | Unset = UNSET,
    name: str | Unset = UNSET,
    timezone: str | Unset = UNSET,
    effective_from: datetime.datetime | Unset = UNSET,
    idempotency_key: str | Unset = UNSET,
) -> Problem | RateDeckDiff | RateDeckVersion | None:
    """Add a version to a rate deck

     In force from `effective_from` on: now where that is left out, never before now or before the
    version it follows. `dry_run` answers how it differs from that version and saves nothing. Tells
    `rate_deck.updated`.

    Args:
        id (str):
        dry_run (bool | Unset):
        name (str | Unset):
        timezone (str | Unset):
        effective_from (datetime.datetime | Unset):
        idempotency_key (str | Unset):
        body (DeckVersionInput): A version of a rate deck to be.
        body (File):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Problem | RateDeckDiff | RateDeckVersion
    """

    return (
        await asyncio_detailed(
            id=id,
            client=client,
            body=body,
            dry_run=dry_run,
            name=name,
            timezone=timezone,
            effective_from=effective_from,
            idempotency_key=idempotency_key,
        )
    ).parsed
