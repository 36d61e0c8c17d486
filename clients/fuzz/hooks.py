"""What schemathesis must not do: take away the key that it asks with; and how it sends files."""

import os

import schemathesis

OWN_KEY = os.environ.get("TRUNKLINE_KEY_ID", "")


@schemathesis.hook
def before_call(context, case, kwargs):
    parameters = case.path_parameters or {}
    for name, value in parameters.items():
        if OWN_KEY and value == OWN_KEY:
            parameters[name] = "key_00000000000000000000000000"


@schemathesis.serializer("application/x-ndjson")
def as_it_is(context, value):
    return value if isinstance(value, bytes) else str(value).encode()
