import datetime
from http import HTTPStatus
from typing import Any

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.deck_input import DeckInput
from ...models.problem import Problem
from ...models.rate_deck import RateDeck
from ...models.rate_deck_diff import RateDeckDiff
from ...types import UNSET, File, Response, Unset


def _get_kwargs(
    *,
    body: DeckInput | File | Unset = UNSET,
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
        "url": "/v1/rate-decks",
        "params": params,
    }

    if isinstance(body, DeckInput):
        _kwargs["json"] = body.to_dict()

        headers["Content-Type"] = "application/json"
    if isinstance(body, File):
        _kwargs["content"] = body.payload
        headers["Content-Type"] = "text/csv"

    _kwargs["headers"] = headers
    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> Problem | RateDeck | RateDeckDiff | None:
    if response.status_code == 200:
        response_200 = RateDeckDiff.from_dict(response.json())

        return response_200

    if response.status_code == 201:
        response_201 = RateDeck.from_dict(response.json())

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
) -> Response[Problem | RateDeck | RateDeckDiff]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    *,
    client: AuthenticatedClient,
    body: DeckInput | File | Unset = UNSET,
    dry_run: bool | Unset = UNSET,
    name: str | Unset = UNSET,
    timezone: str | Unset = UNSET,
    effective_from: datetime.datetime | Unset = UNSET,
    idempotency_key: str | Unset = UNSET,
) -> Response[Problem | RateDeck | RateDeckDiff]:
    """Create a rate deck

     With its first version, which may begin in the past. Send JSON, or the file itself as
    `text/csv` with the other fields as parameters. In the file a header names the columns
    `prefix`, `name`, `rate_per_minute`, `connection_fee`, `minimum_seconds`, `increment_seconds`,
    `free_seconds`, `free_below_seconds`, `max_price`, `effective_from`, `effective_until`,
    `window`, `steps`, `rounding`, `decimals`, in any order; `prefix` and a price are needed. What
    is wrong with it is told by line and column: `/csv/12/rate_per_minute`. Tells
    `rate_deck.created` and `rate_deck.updated`.

    Args:
        dry_run (bool | Unset):
        name (str | Unset):
        timezone (str | Unset):
        effective_from (datetime.datetime | Unset):
        idempotency_key (str | Unset):
        body (DeckInput): A rate deck to be.
        body (File):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Problem | RateDeck | RateDeckDiff]
    """

    kwargs = _get_kwargs(
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
    *,
    client: AuthenticatedClient,
    body: DeckInput | File | Unset = UNSET,
    dry_run: bool | Unset = UNSET,
    name: str | Unset = UNSET,
    timezone: str | Unset = UNSET,
    effective_from: datetime.datetime | Unset = UNSET,
    idempotency_key: str | Unset = UNSET,
) -> Problem | RateDeck | RateDeckDiff | None:
    """Create a rate deck

     With its first version, which may begin in the past. Send JSON, or the file itself as
    `text/csv` with the other fields as parameters. In the file a header names the columns
    `prefix`, `name`, `rate_per_minute`, `connection_fee`, `minimum_seconds`, `increment_seconds`,
    `free_seconds`, `free_below_seconds`, `max_price`, `effective_from`, `effective_until`,
    `window`, `steps`, `rounding`, `decimals`, in any order; `prefix` and a price are needed. What
    is wrong with it is told by line and column: `/csv/12/rate_per_minute`. Tells
    `rate_deck.created` and `rate_deck.updated`.

    Args:
        dry_run (bool | Unset):
        name (str | Unset):
        timezone (str | Unset):
        effective_from (datetime.datetime | Unset):
        idempotency_key (str | Unset):
        body (DeckInput): A rate deck to be.
        body (File):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Problem | RateDeck | RateDeckDiff
    """

    return sync_detailed(
        client=client,
        body=body,
        dry_run=dry_run,
        name=name,
        timezone=timezone,
        effective_from=effective_from,
        idempotency_key=idempotency_key,
    ).parsed


async def asyncio_detailed(
    *,
    client: AuthenticatedClient,
    body: DeckInput | File | Unset = UNSET,
    dry_run: bool | Unset = UNSET,
    name: str | Unset = UNSET,
    timezone: str | Unset = UNSET,
    effective_from: datetime.datetime | Unset = UNSET,
    idempotency_key: str | Unset = UNSET,
) -> Response[Problem | RateDeck | RateDeckDiff]:
    """Create a rate deck

     With its first version, which may begin in the past. Send JSON, or the file itself as
    `text/csv` with the other fields as parameters. In the file a header names the columns
    `prefix`, `name`, `rate_per_minute`, `connection_fee`, `minimum_seconds`, `increment_seconds`,
    `free_seconds`, `free_below_seconds`, `max_price`, `effective_from`, `effective_until`,
    `window`, `steps`, `rounding`, `decimals`, in any order; `prefix` and a price are needed. What
    is wrong with it is told by line and column: `/csv/12/rate_per_minute`. Tells
    `rate_deck.created` and `rate_deck.updated`.

    Args:
        dry_run (bool | Unset):
        name (str | Unset):
        timezone (str | Unset):
        effective_from (datetime.datetime | Unset):
        idempotency_key (str | Unset):
        body (DeckInput): A rate deck to be.
        body (File):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Problem | RateDeck | RateDeckDiff]
    """

    kwargs = _get_kwargs(
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
    *,
    client: AuthenticatedClient,
    body: DeckInput | File | Unset = UNSET,
    dry_run: bool | Unset = UNSET,
    name: str | Unset = UNSET,
    timezone: str | Unset = UNSET,
    effective_from: datetime.datetime | Unset = UNSET,
    idempotency_key: str | Unset = UNSET,
) -> Problem | RateDeck | RateDeckDiff | None:
    """Create a rate deck

     With its first version, which may begin in the past. Send JSON, or the file itself as
    `text/csv` with the other fields as parameters. In the file a header names the columns
    `prefix`, `name`, `rate_per_minute`, `connection_fee`, `minimum_seconds`, `increment_seconds`,
    `free_seconds`, `free_below_seconds`, `max_price`, `effective_from`, `effective_until`,
    `window`, `steps`, `rounding`, `decimals`, in any order; `prefix` and a price are needed. What
    is wrong with it is told by line and column: `/csv/12/rate_per_minute`. Tells
    `rate_deck.created` and `rate_deck.updated`.

    Args:
        dry_run (bool | Unset):
        name (str | Unset):
        timezone (str | Unset):
        effective_from (datetime.datetime | Unset):
        idempotency_key (str | Unset):
        body (DeckInput): A rate deck to be.
        body (File):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Problem | RateDeck | RateDeckDiff
    """

    return (
        await asyncio_detailed(
            client=client,
            body=body,
            dry_run=dry_run,
            name=name,
            timezone=timezone,
            effective_from=effective_from,
            idempotency_key=idempotency_key,
        )
    ).parsed
