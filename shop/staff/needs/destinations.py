"""Steps that a person must look at, and destinations that hold theirs: by their circuit breaker, or on purpose."""

from collections.abc import Iterator
from datetime import datetime

from django.utils import timezone

from orders.models import Destination
from orders.step_names import destination_of
from shop.staff.listed import listed
from shop.staff.needs.facts import Facts, Reason
from shop.staff.needs.need import Action, Need, Part, Severity
from shop.staff.needs.posting import on_all, on_row
from shop.staff.needs.words import counted, lasted
from shop.staff.traffic import Traffic

LOOK, RESEND, MANAGE = "orders.view_step", "orders.change_step", "orders.change_destination"
MOST_PARTS = 3


def needs(facts: Facts) -> Iterator[Need]:
    for name, line in facts.traffic.items():
        destination = facts.destinations[name]
        own = [one for one in facts.parked if destination_of(one.step) == name]
        more = line.parked - sum(one.count for one in own)  # Their reasons are too many to be read.
        # A slip that wants an answer is a need of its own.
        if (reasons := [one for one in own if one.asked < one.count]) or more > 0:
            yield parked(line, reasons, only=not more and len(reasons) == 1)
        if destination.open_until:
            yield breaker(facts, destination, line)
        if destination.paused:
            yield paused(facts, destination, line)


def parked(line: Traffic, reasons: list[Reason], *, only: bool) -> Need:
    """One for all parked steps of a destination, whatever their reasons: these are its parts. `only`: there is one."""
    parts = tuple(part(one) for one in reasons[:MOST_PARTS])
    count, url = (parts[0].count, parts[0].url) if only else (line.parked, line.lists["parked"])
    steps = f"{counted(count, 'step')} {'is' if count == 1 else 'are'}"
    return Need(
        kind="parked",
        subject=line.name,
        sentence=f"{line.name}: {steps} parked. {reasons[0].reason if only else told(reasons)}",
        count=count,
        oldest=None,
        severity=Severity.ACT,
        permission=RESEND,
        look=LOOK,
        url=url,
        actions=(Action("See", url, permission=LOOK), on_all("Send again…", "send_again", url)),
        parts=() if only else parts,
        short=f"{line.name}: {steps} parked.",
    )


def part(reason: Reason) -> Part:
    url = listed("step", name=reason.step, state__exact="parked", reason=reason.reason)
    return Part(reason.reason or "It says no reason.", reason.count, url)


def told(reasons: list[Reason]) -> str:
    """The reasons in words, the most frequent first."""
    shown = "; ".join(f"{one.reason.rstrip('.')} ({one.count})" for one in reasons[:MOST_PARTS])
    return shown + ("; …" if len(reasons) > MOST_PARTS or not reasons else ".")


def breaker(facts: Facts, destination: Destination, line: Traffic) -> Need:
    said = destination.reason.rstrip(".") or "It failed several times in a row"
    steps = f"{counted(line.held, 'step')} held"
    sentence = f"{line.name}: the circuit breaker is open. {said}. {steps}, {next_try(facts, destination)}."
    action = on_row("Try now", "close_breaker", destination)
    return held(facts, line, kind="breaker", sentence=sentence, severity=Severity.MENDS_ITSELF, action=action)


def next_try(facts: Facts, destination: Destination) -> str:
    if destination.probe_id:
        return "one of them is trying now"
    at = destination.open_until
    left = at - facts.now if at else None
    return f"the next try at {clock_time(at)}" + (f" (in {lasted(left)})" if left and left.total_seconds() > 0 else "")


def paused(facts: Facts, destination: Destination, line: Traffic) -> Need:
    since = f" since {clock_time(destination.paused_at)}" if destination.paused_at else ""
    why = f": “{destination.pause_reason}”" if destination.pause_reason else ""
    sentence = (
        f"{line.name} is paused by {destination.paused_by or 'staff'}{since}{why}. {counted(line.held, 'step')} held."
    )
    action = on_row("Resume", "resume", destination)
    return held(facts, line, kind="paused", sentence=sentence, severity=Severity.ON_PURPOSE, action=action)


def held(facts: Facts, line: Traffic, *, kind: str, sentence: str, severity: Severity, action: Action) -> Need:
    return Need(
        kind=kind,
        subject=line.name,
        sentence=sentence,
        count=line.held,
        oldest=facts.ago(line.oldest),
        severity=severity,
        permission=MANAGE,
        look=LOOK,
        url=line.lists["held_or_waiting"],
        actions=(action,),
    )


def clock_time(at: datetime | None) -> str:
    """ "14:10" today, else "26 Nov 14:10", in the shop's time zone."""
    if at is None:
        return "?"
    local = timezone.localtime(at)
    return f"{local:%H:%M}" if local.date() == timezone.localdate() else f"{local.day} {local:%b %H:%M}"
