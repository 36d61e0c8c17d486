from http import HTTPStatus
from typing import Any

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.problem import Problem
from ...models.simulation_input import SimulationInput
from ...models.simulation_result import SimulationResult
from ...types import UNSET, Response, Unset


def _get_kwargs(
    *,
    body: SimulationInput,
    limit: int | Unset = UNSET,
    starting_after: str | Unset = UNSET,
    idempotency_key: str | Unset = UNSET,
) -> dict[str, Any]:
    headers: dict[str, Any] = {}
    if not isinstance(idempotency_key, Unset):
        headers["Idempotency-Key"] = idempotency_key

    params: dict[str, Any] = {}

    params["limit"] = limit

    params["starting_after"] = starting_after

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    _kwargs: dict[str, Any] = {
        "method": "post",
        "url": "/v1/simulations",
        "params": params,
    }

    _kwargs["json"] = body.to_dict()

    headers["Content-Type"] = "application/json"

    _kwargs["headers"] = headers
    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> Problem | SimulationResult | None:
    if response.status_code == 200:
        response_200 = SimulationResult.from_dict(response.json())

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
) -> Response[Problem | SimulationResult]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    *,
    client: AuthenticatedClient,
    body: SimulationInput,
    limit: int | Unset = UNSET,
    starting_after: str | Unset = UNSET,
    idempotency_key: str | Unset = UNSET,
) -> Response[Problem | SimulationResult]:
    """Simulate other terms

     Prices the calls of closed periods again under each proposal and compares with what was
    billed, touching nothing. Counts, charges, taxes and the moment of the base fee stay as they
    were. A tenant's proposals are ranked, the cheapest first; the page's totals show what each
    means for revenue and margin. The profile version that was in force gives exactly what was
    billed. Periods whose invoice was cancelled are left out.

    Args:
        limit (int | Unset):
        starting_after (str | Unset):
        idempotency_key (str | Unset):
        body (SimulationInput): What to simulate.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Problem | SimulationResult]
    """

    kwargs = _get_kwargs(
        body=body,
        limit=limit,
        starting_after=starting_after,
        idempotency_key=idempotency_key,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    *,
    client: AuthenticatedClient,
    body: SimulationInput,
    limit: int | Unset = UNSET,
    starting_after: str | Unset = UNSET,
    idempotency_key: str | Unset = UNSET,
) -> Problem | SimulationResult | None:
    """Simulate other terms

     Prices the calls of closed periods again under each proposal and compares with what was
    billed, touching nothing. Counts, charges, taxes and the moment of the base fee stay as they
    were. A tenant's proposals are ranked, the cheapest first; the page's totals show what each
    means for revenue and margin. The profile version that was in force gives exactly what was
    billed. Periods whose invoice was cancelled are left out.

    Args:
        limit (int | Unset):
        starting_after (str | Unset):
        idempotency_key (str | Unset):
        body (SimulationInput): What to simulate.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Problem | SimulationResult
    """

    return sync_detailed(
        client=client,
        body=body,
        limit=limit,
        starting_after=starting_after,
        idempotency_key=idempotency_key,
    ).parsed


async def asyncio_detailed(
    *,
    client: AuthenticatedClient,
    body: SimulationInput,
    limit: int | Unset = UNSET,
    starting_after: str | Unset = UNSET,
    idempotency_key: str | Unset = UNSET,
) -> Response[Problem | SimulationResult]:
    """Simulate other terms

     Prices the calls of closed periods again under each proposal and compares with what was
    billed, touching nothing. Counts, charges, taxes and the moment of the base fee stay as they
    were. A tenant's proposals are ranked, the cheapest first; the page's totals show what each
    means for revenue and margin. The profile version that was in force gives exactly what was
    billed. Periods whose invoice was cancelled are left out.

    Args:
        limit (int | Unset):
        starting_after (str | Unset):
        idempotency_key (str | Unset):
        body (SimulationInput): What to simulate.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Problem | SimulationResult]
    """

    kwargs = _get_kwargs(
        body=body,
        limit=limit,
        starting_after=starting_after,
        idempotency_key=idempotency_key,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    *,
    client: AuthenticatedClient,
    body: SimulationInput,
    limit: int | Unset = UNSET,
    starting_after: str | Unset = UNSET,
    idempotency_key: str | Unset = UNSET,
) -> Problem | SimulationResult | None:
    """Simulate other terms

     Prices the calls of closed periods again under each proposal and compares with what was
    billed, touching nothing. Counts, charges, taxes and the moment of the base fee stay as they
    were. A tenant's proposals are ranked, the cheapest first; the page's totals show what each
    means for revenue and margin. The profile version that was in force gives exactly what was
    billed. Periods whose invoice was cancelled are left out.

    Args:
        limit (int | Unset):
        starting_after (str | Unset):
        idempotency_key (str | Unset):
        body (SimulationInput): What to simulate.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Problem | SimulationResult
    """

    return (
        await asyncio_detailed(
            client=client,
            body=body,
            limit=limit,
            starting_after=starting_after,
            idempotency_key=idempotency_key,
        )
    ).parsed
