"""Verification of webhooks (Standard Webhooks)."""

import base64
import binascii
import hashlib
import hmac
import json
import time
from collections.abc import Mapping, Sequence
from typing import Any

_PREFIX = "whsec_"


class SignatureError(Exception):
    """A webhook that may not be believed."""


def verify_webhook(
    body: bytes | str,
    headers: Mapping[str, str],
    secrets: str | Sequence[str],
    *,
    tolerance_seconds: int = 300,
    now: float | None = None,
) -> Any:
    """The event in ``body``, if one of ``secrets`` signed it, and not long ago.

    While a secret is being exchanged there are two. ``body`` must be the bytes as they came.
    """
    fields = {name.lower(): value for name, value in headers.items()}
    message_id = _header(fields, "webhook-id")
    timestamp = _header(fields, "webhook-timestamp")
    signatures = _header(fields, "webhook-signature").split(" ")
    if not (timestamp.isascii() and timestamp.isdigit() and len(timestamp) <= 15):
        raise SignatureError("webhook-timestamp is no number of seconds")
    if abs((time.time() if now is None else now) - int(timestamp)) > tolerance_seconds:
        raise SignatureError("webhook-timestamp is too far from now")
    content = body.encode() if isinstance(body, str) else bytes(body)
    signed = f"{message_id}.{timestamp}.".encode() + content
    for secret in [secrets] if isinstance(secrets, str) else secrets:
        digest = hmac.new(_secret_bytes(secret), signed, hashlib.sha256).digest()
        wanted = "v1," + base64.b64encode(digest).decode()
        if any(hmac.compare_digest(wanted.encode(), given.encode()) for given in signatures):
            return json.loads(content)
    raise SignatureError("no signature is of a known secret")


def _header(fields: Mapping[str, str], name: str) -> str:
    value = fields.get(name)
    if not value:
        raise SignatureError(f"{name} is missing")
    return value


def _secret_bytes(secret: str) -> bytes:
    try:
        decoded = base64.b64decode(secret.removeprefix(_PREFIX), validate=True)
    except binascii.Error as error:
        raise SignatureError("the secret is not base64") from error
    if not decoded:
        raise SignatureError("the secret is empty")
    return decoded
