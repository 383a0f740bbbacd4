"""From scans to how far an order is packed: by examples, and by whatever scans there may be."""

from dataclasses import dataclass
from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from shop.staff.pack import answers
from shop.staff.pack.answers import Kind
from shop.staff.pack.packing import Article, Packing, packing

TEAPOT = Article(1, "TP", "Teapot, cast iron, 1.2 l", "A-02-1", 12)
FILTERS = Article(2, "PF", "Paper filters, size 2", "A-05-3", 3)
COFFEE = Article(3, "CO", "Filter coffee, ground, 500 g", "", 1)
ALL = [TEAPOT, FILTERS, COFFEE]


@dataclass
class Row:
    line_id: int | None
    pieces: int = 1
    kind: str = Kind.COUNTED
    undone_at: datetime | None = None


def told(now: Packing) -> list[tuple[int, int]]:
    return [(line.counted, line.missing) for line in now.lines]


def test_pieces_add_up_and_what_was_undone_does_not_count() -> None:
    now = packing(ALL, [Row(1), Row(1, 2), Row(2, undone_at=datetime.now(UTC)), Row(None), Row(2, 9, Kind.WRONG)])
    assert (told(now), now.counted, now.wanted, now.left) == ([(3, 0), (0, 0), (0, 0)], 3, 16, 13)
    assert (now.here, now.all_in) == (1, False)


def test_what_is_in_hand_is_the_line_of_the_last_scan_until_it_is_in() -> None:
    assert packing(ALL, []).here == 1
    assert packing(ALL, [Row(2)]).here == 2
    assert packing(ALL, [Row(2, 3)]).here == 3
    assert packing(ALL, [Row(3)]).here == 1
    assert packing(ALL, [Row(2, 3, Kind.MISSING)]).here == 3
    everything = packing(ALL, [Row(1, 12), Row(2, 3), Row(3)])
    assert (everything.here, everything.all_in) == (None, True)


def test_missing_pieces_keep_the_order_open_and_are_found_again() -> None:
    rows = [Row(1, 12), Row(3), Row(2, 3, Kind.MISSING)]
    now = packing(ALL, rows)
    assert (told(now)[1], now.all_in, now.is_told, now.here) == ((0, 3), False, True, 2)
    assert told(packing(ALL, [*rows, Row(2)]))[1] == (1, 2)
    found = packing(ALL, [*rows, Row(2, 3)])
    assert (told(found)[1], found.all_in, found.is_told) == ((3, 0), True, False)


ROWS = st.builds(
    Row,
    st.sampled_from([None, 1, 2, 3]),
    st.integers(1, 13),
    st.sampled_from([Kind.COUNTED, Kind.MISSING, Kind.WRONG, Kind.TIMES]),
    st.sampled_from([None, datetime(2026, 11, 27, tzinfo=UTC)]),
)


@given(st.lists(ROWS, max_size=40))
def test_whatever_is_scanned_no_line_has_more_than_it_wants_and_nothing_gets_lost(rows: list[Row]) -> None:
    """As the station does it: what would be too many is refused, and becomes no row that counts."""
    kept: list[Row] = []
    counted = {1: 0, 2: 0, 3: 0}
    for row in rows:
        line = packing(ALL, kept).line(row.line_id)
        if row.kind == Kind.COUNTED and line and not row.undone_at:
            answer = answers.count(line, row.pieces)
            row.kind, row.pieces = answer.kind, answer.pieces
            counted[line.article.line_id] += answer.pieces
            assert (answer.kind == Kind.COUNTED) is (answer.pieces > 0)
        elif row.kind == Kind.MISSING and line:
            row.pieces = line.left
        kept.append(row)
    now = packing(ALL, kept)
    assert {line.article.line_id: line.counted for line in now.lines} == counted
    for line in now.lines:
        assert 0 <= line.counted <= line.article.wanted
        assert 0 <= line.missing <= line.left
    assert now.counted + now.left == now.wanted
    assert now.all_in is (now.here is None)


def test_too_many_is_said_in_numbers_and_counts_none() -> None:
    (teapots, filters, _) = packing(ALL, [Row(1, 10), Row(2, 3)]).lines
    box = answers.count(teapots, 12)
    assert (box.kind, box.pieces) == (Kind.WRONG, 0)
    assert box.text == "10 too many: Teapot, cast iron, 1.2 l. None of the 12 was counted; 2 pieces can go in."
    one = answers.count(filters, 1)
    assert one.text == "One too many: Paper filters, size 2. Put it back to A-05-3."
    assert answers.count(teapots, 2).text == "12 of 12: Teapot, cast iron, 1.2 l"


def test_leaving_an_unfinished_order_is_asked_about() -> None:
    assert answers.leave("7K3M-Q9TX-2BDF", packing(ALL, [Row(1, 12)])).text == (
        "Leave 7K3M-Q9TX-2BDF with 4 missing? Scan it again."
    )
    done = packing(ALL, [Row(1, 12), Row(2, 3), Row(3)])
    assert "not marked as packed" in answers.leave("7K3M-Q9TX-2BDF", done).text


def test_articles_that_are_wrong_say_where_they_belong() -> None:
    assert answers.not_in_this_order("Whisk", "A-02-4").text == "NOT IN THIS ORDER: Whisk. Put it back to A-02-4."
    assert answers.not_in_this_order("Whisk", "").text == "NOT IN THIS ORDER: Whisk. Put it back."
    (_, _, coffee) = packing(ALL, []).lines
    assert answers.missing(coffee).text == "Missing: 1 × Filter coffee, ground, 500 g"
