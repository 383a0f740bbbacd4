"""What a step's badge says of it."""

import pytest

from orders.models import Step
from shop.staff.admin.badges import known


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"reason": "Refused.", "warning": "SAP has 4711."}, "Refused. SAP has 4711."),
        ({"warning": "SAP has 4711.", "reference": "4711"}, "SAP has 4711."),
        ({"reference": "4711"}, "4711"),
        ({}, "-"),
    ],
)
def test_a_warning_is_not_hidden_by_a_reason(fields: dict[str, str], words: str) -> None:
    assert known(Step(name="sap", state="parked", **fields)) == words
