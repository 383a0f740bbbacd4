"""A desk in trouble, to practise on: SAP fails, the printer is out of paper. docs/trouble.md is the walk through it."""

import json
import time
import urllib.request
from urllib.parse import urlencode

from django.conf import settings

from orders.models import Step
from printing.models import Printer
from shop.quickstart import customers, show
from shop.quickstart.following import needs_a_person, steps, told
from shop.quickstart.local_desk import Desk
from shop.quickstart.processes import StartFailed
from shop.quickstart.terminal import part, say, styled

PRINTER = "Packing table (stand-in)"
SAP_REFUSES = {"destination": "sap", "kind": "400", "count": 1, "method": "POST"}
SAP_FAILS = {"destination": "sap", "kind": "503", "count": 0}
PATIENCE = 60.0  # seconds


def point_printer(sandbox_port: int, *, wanted: bool) -> None:
    """The stand-in's row in the admin: made if `wanted`, and if it is there, led to where the sandbox is today."""
    url = f"ipp://127.0.0.1:{sandbox_port}/ipp/print"
    known = Printer.objects.filter(name=PRINTER)
    if known.exists() or Printer.objects.filter(url=url).exists():
        known.exclude(url=url).update(url=url)
    elif wanted:
        Printer.objects.create(name=PRINTER, url=url, station="Packing", keeps_history=True)


def begin(desk: Desk) -> None:
    """Makes everything fail, and places the orders that show it. Raises StartFailed if none can be placed."""
    with part("Trouble") as shown:
        _post(desk, "paper", urlencode({"present": "no"}), "application/x-www-form-urlencoded")
        if "sap" in settings.ENABLED_STEPS:
            _post(desk, "fail", json.dumps(SAP_REFUSES), "application/json")
        refused = customers.place(desk.url, customers.order_of(customers.TUTORIAL)).number
        _wait_until_parked(refused)
        _post(desk, "fail", json.dumps(SAP_FAILS), "application/json")
        shown.note = "SAP's stand-in fails, the printer has no paper"
    say(f"\n{styled('Orders', 'bold')}")
    placed = [number for wish in customers.WISHES if (number := show.order(desk, wish))]
    say(f"\n{styled('What became of them', 'bold')}")
    until = time.monotonic() + PATIENCE
    for number in [refused, *placed]:
        say(f"  {number}  {_state(number, until)}")


def _wait_until_parked(number: str) -> None:
    until = time.monotonic() + PATIENCE
    while not Step.objects.filter(order__number=number, state=Step.State.PARKED).exists():
        if "sap" not in settings.ENABLED_STEPS or time.monotonic() > until:
            return
        time.sleep(0.1)


def _state(number: str, until: float) -> str:
    """Once each of its steps is done, or has failed, or is held."""
    while time.monotonic() < until and any(_under_way(step) for step in steps(number)):
        time.sleep(0.1)
    unfinished = [step for step in steps(number) if step.state != Step.State.DONE]
    return "; ".join(map(told, unfinished)) or "done"


def _under_way(step: Step) -> bool:
    return step.state in (Step.State.QUEUED, Step.State.RUNNING) and not needs_a_person(step)


def _post(desk: Desk, switch: str, body: str, kind: str) -> None:
    url = f"{desk.sandbox_url}/sandbox/{switch}"
    request = urllib.request.Request(url, body.encode(), {"Content-Type": kind})  # noqa: S310 - to this machine
    try:
        urllib.request.urlopen(request, timeout=10).close()  # noqa: S310
    except OSError as error:
        raise StartFailed(f"the sandbox does not take the switch: {error}") from error


def walk(desk: Desk) -> None:
    """What to do now, in the order in which one does it."""
    admin, sandbox = f"{desk.url}/admin", desk.sandbox_url
    say(f"""
{styled("Five minutes of trouble", "bold")} (docs/trouble.md says more)
  1. See it       {admin}/   SAP is left alone, and one step waits for a person
                  {admin}/printing/printer/   a printer is out of paper
  2. Pause        {admin}/orders/destination/   tick sap, choose "Pause": nothing is sent while you mend it
  3. Mend         {sandbox}/   press "work again" under SAP, and "put paper in" under Printer
  4. Resume       {admin}/orders/destination/   tick sap, choose "Resume", then "Close the breaker"
  5. Send again   {admin}/orders/step/?state__exact=parked   tick the step, choose "Send again"
""")
