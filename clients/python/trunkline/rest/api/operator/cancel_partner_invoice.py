from http import HTTPStatus
from typing import Any
from urllib.parse import quote

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.cancellation import Cancellation
from ...models.invoice import Invoice
from ...models.problem import Problem
from ...types import UNSET, Response, Unset


def _get_kwargs(
    id: str,
    invoice_id: str,
    *,
    body: Cancellation,
    if_match: None | str | Unset = UNSET,
    idempotency_key: str | Unset = UNSET,
) -> dict[str, Any]:
    headers: dict[str, Any] = {}
    if not isinstance(if_match, Unset):
        headers["If-Match"] = if_match

    if not isinstance(idempotency_key, Unset):
        headers["Idempotency-Key"] = idempotency_key

    _kwargs: dict[str, Any] = {
        "method": "post",
        "url": "/v1/operator/partners/{id}/invoices/{invoice_id}/cancel".format(
            id=quote(str(id), safe=""),
            invoice_id=quote(str(invoice_id), safe=""),
        ),
    }

    _kwargs["json"] = body.to_dict()

    headers["Content-Type"] = "application/json"

    _kwargs["headers"] = headers
    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> Invoice | Problem | None:
    if response.status_code == 200:
        response_200 = Invoice.from_dict(response.json())

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

    if response.status_code == 404:
        response_404 = Problem.from_dict(response.json())

        return response_404

    if response.status_code == 409:
        response_409 = Problem.from_dict(response.json())

        return response_409

    if response.status_code == 412:
        response_412 = Problem.from_dict(response.json())

        return response_412

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
) -> Response[Invoice | Problem]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    id: str,
    invoice_id: str,
    *,
    client: AuthenticatedClient,
    body: Cancellation,
    if_match: None | str | Unset = UNSET,
    idempotency_key: str | Unset = UNSET,
) -> Response[Invoice | Problem]:
    """Cancel an issued invoice

     On the partner's request, with a reason, while nothing was paid on it: nothing is due on it any
    more, its entries are taken back, and credit that it used is given back. Tells
    `invoice.cancelled`.

    Args:
        id (str):
        invoice_id (str):
        if_match (None | str | Unset):
        idempotency_key (str | Unset):
        body (Cancellation): Why an issued invoice is taken back.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Invoice | Problem]
    """

    kwargs = _get_kwargs(
        id=id,
        invoice_id=invoice_id,
        body=body,
        if_match=if_match,
        idempotency_key=idempotency_key,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    id: str,
    invoice_id: str,
    *,
    client: AuthenticatedClient,
    body: Cancellation,
    if_match: None | str | Unset = UNSET,
    idempotency_key: str | Unset = UNSET,
) -> Invoice | Problem | None:
    """Cancel an issued invoice

     On the partner's request, with a reason, while nothing was paid on it: nothing is due on it any
    more, its entries are taken back, and credit that it used is given back. Tells
    `invoice.cancelled`.

    Args:
        id (str):
        invoice_id (str):
        if_match (None | str | Unset):
        idempotency_key (str | Unset):
        body (Cancellation): Why an issued invoice is taken back.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Invoice | Problem
    """

    return sync_detailed(
        id=id,
        invoice_id=invoice_id,
        client=client,
        body=body,
        if_match=if_match,
        idempotency_key=idempotency_key,
    ).parsed


async def asyncio_detailed(
    id: str,
    invoice_id: str,
    *,
    client: AuthenticatedClient,
    body: Cancellation,
    if_match: None | str | Unset = UNSET,
    idempotency_key: str | Unset = UNSET,
) -> Response[Invoice | Problem]:
    """Cancel an issued invoice

     On the partner's request, with a reason, while nothing was paid on it: nothing is due on it any
    more, its entries are taken back, and credit that it used is given back. Tells
    `invoice.cancelled`.

    Args:
        id (str):
        invoice_id (str):
        if_match (None | str | Unset):
        idempotency_key (str | Unset):
        body (Cancellation): Why an issued invoice is taken back.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Invoice | Problem]
    """

    kwargs = _get_kwargs(
        id=id,
        invoice_id=invoice_id,
        body=body,
        if_match=if_match,
        idempotency_key=idempotency_key,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    id: str,
    invoice_id: str,
    *,
    client: AuthenticatedClient,
    body: Cancellation,
    if_match: None | str | Unset = UNSET,
    idempotency_key: str | Unset = UNSET,
) -> Invoice | Problem | None:
    """Cancel an issued invoice

     On the partner's request, with a reason, while nothing was paid on it: nothing is due on it any
    more, its entries are taken back, and credit that it used is given back. Tells
    `invoice.cancelled`.

    Args:
        id (str):
        invoice_id (str):
        if_match (None | str | Unset):
        idempotency_key (str | Unset):
        body (Cancellation): Why an issued invoice is taken back.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Invoice | Problem
    """

    return (
        await asyncio_detailed(
            id=id,
            invoice_id=invoice_id,
            client=client,
            body=body,
            if_match=if_match,
            idempotency_key=idempotency_key,
        )
    ).parsed
