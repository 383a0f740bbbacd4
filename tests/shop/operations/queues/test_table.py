from datetime import UTC, datetime, timedelta

import pytest

from shop.operations.queues.table import age, table
from shop.operations.queues.view import Line, View

NOW = datetime(2026, 11, 27, 9, tzinfo=UTC)


def test_columns_stand_under_their_heads_and_warnings_below() -> None:
    lines = [
        Line("sap", "quorum", 1234567, None, 1, 1, 12, 0, 3, 0, NOW - timedelta(minutes=7)),
        Line("dead_letters", None, 0, 0, None, None, None, None, None, None, None),
    ]
    shown = table(View(NOW, "rabbitmq", management="ok", queues=lines, warnings=["Look."]))
    assert shown == [
        "queue         type      ready  unacked  consumers  workers  open  held  waiting  parked  oldest",
        "sap           quorum  1234567        –          1        1    12     0        3       0   7 min",
        "dead_letters  –             0        0          –        –     –     –        –       –       –",
        "! Look.",
    ]


@pytest.mark.parametrize(
    ("seconds", "words"), [(-5, "0 s"), (119, "119 s"), (120, "2 min"), (7200, "2 h"), (172_800, "2 days")]
)
def test_how_old_something_is(seconds: int, words: str) -> None:
    assert age(NOW - timedelta(seconds=seconds), NOW) == words


@pytest.mark.parametrize(("away", "warnings", "code"), [(False, [], 0), (False, ["x"], 1), (True, ["x"], 2)])
def test_the_exit_code_says_how_bad_it_is(away: bool, warnings: list[str], code: int) -> None:
    assert View(NOW, away=away, warnings=warnings).code == code
