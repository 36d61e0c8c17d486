"""Client of the Trunkline API.

``connect`` gives a client for the functions of ``trunkline.rest.api``, which are generated from
the OpenAPI document; ``verify_webhook`` reads events that may be believed.
"""

from .rest import AuthenticatedClient
from .webhooks import SignatureError, verify_webhook

__all__ = ["AuthenticatedClient", "SignatureError", "connect", "verify_webhook"]


def connect(url: str, key: str, **options) -> AuthenticatedClient:
    """A client that sends ``key`` with every request to ``url`` (without ``/v1``)."""
    return AuthenticatedClient(base_url=url, token=key, **options)
