"""What a test needs and this machine has not: told here, a failure in CI."""

import os
from typing import NoReturn

import pytest


def lacks(what: str) -> NoReturn:
    """Skips the test, which says `what` is missing; in CI it fails, since nothing may be missing there."""
    if os.environ.get("CI") == "true":
        pytest.fail(what)
    pytest.skip(what)
