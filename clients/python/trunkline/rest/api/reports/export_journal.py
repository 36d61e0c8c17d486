from http import HTTPStatus
from io import BytesIO
from typing import Any

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.problem import Problem
from ...types import UNSET, File, Response, Unset


def _get_kwargs(
    *,
    month: str,
    format_: str | Unset = UNSET,
    books: str | Unset = UNSET,
) -> dict[str, Any]:

    params: dict[str, Any] = {}

    params["month"] = month

    params["format"] = format_

    params["books"] = books

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    _kwargs: dict[str, Any] = {
        "method": "get",
        "url": "/v1/reports/journal",
        "params": params,
    }

    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> File | Problem | None:
    if response.status_code == 200:
        response_200 = File(payload=BytesIO(response.content))

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
) -> Response[File | Problem]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    *,
    client: AuthenticatedClient,
    month: str,
    format_: str | Unset = UNSET,
    books: str | Unset = UNSET,
) -> Response[File | Problem]:
    """Export the journal

     A month's bookings as CSV: each is one debit and one credit of the same amount. A month that is
    over gives the same bytes at any time; the name of a file of a month that is not ends in
    `-open`. Columns of `plain`: date, transaction_id, place, source, source_id, kind, description,
    tenant_id, account_code, account_name, debit, credit, currency. `quickbooks` has the columns
    of QuickBooks Online's journal entries, `xero` those of Xero's manual journals with debits
    positive and credits negative.

    Args:
        month (str):
        format_ (str | Unset):
        books (str | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[File | Problem]
    """

    kwargs = _get_kwargs(
        month=month,
        format_=format_,
        books=books,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    *,
    client: AuthenticatedClient,
    month: str,
    format_: str | Unset = UNSET,
    books: str | Unset = UNSET,
) -> File | Problem | None:
    """Export the journal

     A month's bookings as CSV: each is one debit and one credit of the same amount. A month that is
    over gives the same bytes at any time; the name of a file of a month that is not ends in
    `-open`. Columns of `plain`: date, transaction_id, place, source, source_id, kind, description,
    tenant_id, account_code, account_name, debit, credit, currency. `quickbooks` has the columns
    of QuickBooks Online's journal entries, `xero` those of Xero's manual journals with debits
    positive and credits negative.

    Args:
        month (str):
        format_ (str | Unset):
        books (str | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        File | Problem
    """

    return sync_detailed(
        client=client,
        month=month,
        format_=format_,
        books=books,
    ).parsed


async def asyncio_detailed(
    *,
    client: AuthenticatedClient,
    month: str,
    format_: str | Unset = UNSET,
    books: str | Unset = UNSET,
) -> Response[File | Problem]:
    """Export the journal

     A month's bookings as CSV: each is one debit and one credit of the same amount. A month that is
    over gives the same bytes at any time; the name of a file of a month that is not ends in
    `-open`. Columns of `plain`: date, transaction_id, place, source, source_id, kind, description,
    tenant_id, account_code, account_name, debit, credit, currency. `quickbooks` has the columns
    of QuickBooks Online's journal entries, `xero` those of Xero's manual journals with debits
    positive and credits negative.

    Args:
        month (str):
        format_ (str | Unset):
        books (str | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[File | Problem]
    """

    kwargs = _get_kwargs(
        month=month,
        format_=format_,
        books=books,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    *,
    client: AuthenticatedClient,
    month: str,
    format_: str | Unset = UNSET,
    books: str | Unset = UNSET,
) -> File | Problem | None:
    """Export the journal

     A month's bookings as CSV: each is one debit and one credit of the same amount. A month that is
    over gives the same bytes at any time; the name of a file of a month that is not ends in
    `-open`. Columns of `plain`: date, transaction_id, place, source, source_id, kind, description,
    tenant_id, account_code, account_name, debit, credit, currency. `quickbooks` has the columns
    of QuickBooks Online's journal entries, `xero` those of Xero's manual journals with debits
    positive and credits negative.

    Args:
        month (str):
        format_ (str | Unset):
        books (str | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        File | Problem
    """

    return (
        await asyncio_detailed(
            client=client,
            month=month,
            format_=format_,
            books=books,
        )
    ).parsed
