"""What is told when: once a cause, again after four hours, mended when it stays away."""

import threading
from datetime import timedelta

import pytest
from django.db import IntegrityError, connection
from pytest_django import Settings

from orders.models import Attention, Notice
from shop.staff.attention import causes
from shop.staff.attention.causes import take_note
from shop.staff.attention.settings import AttentionSettings
from tests.shop.staff.attention.conftest import Found, pass_time

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
SAP, PRINTER = Found(), Found("printer:7", "Cold store: out of paper.", 4)
BREAKER = Found("breaker:sap", "sap: the circuit breaker is open.", severity="mends itself")


@pytest.fixture(autouse=True)
def one_operator(settings: Settings) -> None:
    settings.ATTENTION = AttentionSettings(mail=frozenset({"ops@shop.example"}))


def rounds(*found: Found, minutes: int) -> list[str]:
    """A round a minute; what was told, as "new parked:sap"."""
    told = []
    for _ in range(minutes):
        said = take_note(found)
        told += [f"{kind} {row.cause}" for kind in ("new", "again", "mended") for row in getattr(said, kind)]
        pass_time(MINUTE)
    return told


@pytest.mark.django_db
def test_a_cause_is_told_once_again_after_four_hours_and_when_it_is_mended() -> None:
    assert rounds(SAP, minutes=1) == ["new parked:sap"]
    assert rounds(SAP, minutes=239) == []
    assert rounds(SAP, minutes=241) == ["again parked:sap", "again parked:sap"]
    assert rounds(minutes=10) == []
    assert rounds(minutes=60) == ["mended parked:sap"]
    assert Notice.objects.count() == 4


@pytest.mark.django_db
def test_what_comes_together_is_one_message_and_the_next_waits_a_little() -> None:
    many = [Found(f"worker:w{number}@shelf", f"The worker w{number} was not seen.") for number in range(300)]
    assert len(rounds(*many, minutes=1)) == 300
    assert Notice.objects.count() == 1
    assert rounds(*many, SAP, minutes=4) == []
    assert rounds(*many, SAP, PRINTER, minutes=1) == ["new parked:sap", "new printer:7"]
    assert Notice.objects.count() == 2


@pytest.mark.django_db
def test_messages_are_few_whatever_comes_every_minute() -> None:
    keys = [f"worker:w{number}@shelf" for number in range(60)]
    told = [cause for number in range(60) for cause in rounds(*map(Found, keys[: number + 1]), minutes=1)]
    assert Notice.objects.count() <= 12
    assert len(told) == len(set(told)) >= 55


@pytest.mark.django_db
def test_a_cause_that_comes_and_goes_every_minute_is_one_that_lasts() -> None:
    told = []
    for _ in range(120):
        told += rounds(SAP, minutes=1) + rounds(minutes=1)
    assert told == ["new parked:sap"] + ["again parked:sap"] * (len(told) - 1)
    assert len(told) == 2 or len(told) == 1


@pytest.mark.django_db
def test_a_cause_that_comes_back_again_and_again_has_to_stay_away_longer() -> None:
    told = []
    for _ in range(40):
        told += rounds(SAP, minutes=1) + rounds(minutes=11)
    assert len(told) < 12
    assert rounds(minutes=400)[-1] == "mended parked:sap"
    assert rounds(SAP, minutes=1) == ["new parked:sap"]
    assert Attention.objects.get().returns == 0


@pytest.mark.django_db
def test_what_mends_itself_is_told_when_it_does_not() -> None:
    assert rounds(BREAKER, minutes=9) == []
    assert rounds(minutes=30) == []
    assert rounds(BREAKER, minutes=30) == ["new breaker:sap"]
    assert rounds(minutes=30) == ["mended breaker:sap"]


@pytest.mark.django_db
def test_what_is_so_on_purpose_is_no_cause() -> None:
    assert rounds(Found("paused:sap", severity="on purpose"), minutes=30) == []
    assert not Attention.objects.exists()


@pytest.mark.django_db
def test_it_is_said_as_it_is_now() -> None:
    take_note([SAP])
    pass_time(4 * HOUR)
    take_note([Found(count=500, sentence="sap: 500 steps are parked.")])
    last = Notice.objects.order_by("pk").last()
    assert last is not None
    [said] = last.message["data"]["again"]
    assert (said["count"], said["sentence"]) == (500, "sap: 500 steps are parked.")


@pytest.mark.django_db
@pytest.mark.parametrize("by", [HOUR, timedelta(days=30)])
def test_after_the_clock_was_set_back_causes_are_told_as_ever(by: timedelta) -> None:
    assert rounds(SAP, BREAKER, minutes=1) == ["new parked:sap"]
    pass_time(-by)
    assert rounds(SAP, BREAKER, PRINTER, minutes=1) == ["new printer:7"]
    assert rounds(SAP, BREAKER, PRINTER, minutes=30) == ["new breaker:sap"]
    assert sorted(rounds(SAP, BREAKER, PRINTER, minutes=250)) == [
        "again breaker:sap",
        "again parked:sap",
        "again printer:7",
    ]
    rounds(minutes=1)
    pass_time(-by)
    assert sorted(rounds(minutes=30)) == ["mended breaker:sap", "mended parked:sap", "mended printer:7"]


@pytest.mark.django_db
def test_after_the_clock_was_set_back_messages_still_keep_their_distance() -> None:
    assert rounds(SAP, minutes=1) == ["new parked:sap"]
    pass_time(-HOUR)
    assert rounds(SAP, PRINTER, minutes=1) == ["new printer:7"]
    assert rounds(SAP, PRINTER, Found("printer:8"), minutes=4) == []
    assert rounds(SAP, PRINTER, Found("printer:8"), minutes=1) == ["new printer:8"]


@pytest.mark.django_db
def test_what_was_long_ago_is_forgotten() -> None:
    take_note([SAP])
    rounds(minutes=30)
    pass_time(timedelta(days=31))
    take_note([])
    assert not Attention.objects.exists()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("there", [False, True])
def test_of_two_workers_that_decide_at_once_one_tells(there: bool, on_postgresql: None) -> None:
    if there:
        take_note([PRINTER])
        pass_time(HOUR)
    start = threading.Barrier(2)
    told: list[str] = []

    def decide() -> None:
        start.wait()
        try:
            told.extend(row.cause for row in take_note([SAP, PRINTER]).new)
        except IntegrityError:
            told.append("the other one")
        finally:
            connection.close()

    threads = [threading.Thread(target=decide) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [cause for cause in told if cause == "parked:sap"] == ["parked:sap"]
    assert sum(bool(notice.message["data"]["new"]) for notice in Notice.objects.all()) == (2 if there else 1)


@pytest.mark.django_db
def test_if_the_notice_can_not_be_written_nothing_counts_as_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(causes.notices, "write", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        take_note([SAP])
    monkeypatch.undo()
    assert [row.cause for row in take_note([SAP]).new] == ["parked:sap"]
