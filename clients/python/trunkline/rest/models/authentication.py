from typing import Literal

Authentication = Literal["failed", "passed"]

AUTHENTICATION_VALUES: set[Authentication] = {
    "failed",
    "passed",
}


def check_authentication(value: str) -> Authentication:
    if value in AUTHENTICATION_VALUES:
        return value
    raise TypeError(
        f"Unexpected value {value!r}. Expected one of {AUTHENTICATION_VALUES!r}"
    )
