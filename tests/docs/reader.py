"""Types what a page says, and looks at what is printed until it is what the page says."""

import re
import subprocess
import time
from pathlib import Path

from tests.docs import page
from tests.docs.page import Entry
from tests.docs.terminal import Terminal

# The ports that the page names. Where they are taken, the first look has others, and says so like this:
PORTS = {
    "5672": r"its own, port (\d+)",
    "15672": r"page http://127\.0\.0\.1:(\d+)/",
    "8000": r"http://127\.0\.0\.1:(\d+)/admin/",
    "8001": r"Sandbox http://127\.0\.0\.1:(\d+)/",
}
ANY_PORT = re.compile(rf"\b({'|'.join(PORTS)})\b")
ASKS = re.compile(r"rabbitmqctl -q list_|bin/manage queues")  # Commands that only look, and may look again.
PATIENCE = 60  # seconds, for what the page says to be printed
FOLLOWS = re.compile(r"follower|bin/manage follow")  # Commands that show whatever happens from then on.
UNTOLD = """
from orders.models import Event, Order
print(Order.objects.filter(status="received").count(), Event.objects.filter(state=Event.State.OPEN).count())
"""
AGAIN = 1  # seconds after which a reader asks the broker again: figures of queues are some seconds old


class Reader:
    """`follow` entry after entry, then `close`."""

    def __init__(self, folder: Path, environment: dict[str, str]) -> None:
        self._folder = folder
        self._environment = environment
        self._terminals: dict[str, Terminal] = {}
        self._seen: list[str] = []
        self._ports: dict[str, str] = {}

    def follow(self, entry: Entry) -> None:
        """Raises AssertionError if something else is printed than the page says."""
        if entry.terminal not in self._terminals:
            self._terminals[entry.terminal] = Terminal(self._folder, self._environment)
        terminal = self._terminals[entry.terminal]
        typed = self._here(self._copied(entry.typed))
        if typed:
            self._type(terminal, entry, typed)
        self._await(terminal, entry, typed if ASKS.search(typed) else "")
        self._seen += terminal.printed()
        terminal.take()
        self._note_ports()

    def end(self) -> None:
        """Raises AssertionError if a terminal shows what the page does not say."""
        for name, terminal in self._terminals.items():
            terminal.look()
            assert terminal.printed() == [], f"the page does not say this of terminal {name}"

    def close(self) -> None:
        for terminal in self._terminals.values():
            terminal.close()

    def _type(self, terminal: Terminal, entry: Entry, typed: str) -> None:
        interrupts = typed == page.INTERRUPT
        deadline = time.monotonic() + PATIENCE
        terminal.look()
        while not (terminal.idle or interrupts) and time.monotonic() < deadline:
            time.sleep(0.05)
            terminal.look()
        assert terminal.idle != interrupts, f"what ran before this has not ended, or has:\n{entry}"
        assert terminal.printed() == [], f"the page does not say that this is printed before:\n{entry}"
        if interrupts:
            terminal.interrupt()
        else:
            if FOLLOWS.search(typed):
                self._rest()
            terminal.type(typed)

    def _rest(self) -> None:
        """Somebody who reads the page has read for a while when the next order comes: all is done and told by then."""
        look = [str(self._folder / "bin" / "manage"), "shell", "-v0", "-c", UNTOLD]
        deadline = time.monotonic() + PATIENCE
        told = ""
        while told != "0 0" and time.monotonic() < deadline:
            done = subprocess.run(
                look,
                cwd=self._folder,
                env=self._environment,
                capture_output=True,
                text=True,
                check=True,
                timeout=PATIENCE,
            )
            told = done.stdout.strip()
        assert told == "0 0", f"orders that are not processed, events that are not published: {told}"

    def _await(self, terminal: Terminal, entry: Entry, ask_again: str) -> None:
        lines = [self._here(line) for line in entry.printed]
        deadline = asked = time.monotonic()
        deadline += PATIENCE
        latest: list[str] = []
        terminal.look()
        while not (page.agrees(terminal.printed(), lines) and (terminal.idle or entry.runs_on)):
            now = time.monotonic()
            assert now < deadline, self._difference(latest or terminal.printed(), entry)
            if ask_again and terminal.idle and now > asked + AGAIN:
                latest = terminal.printed()
                terminal.take()
                terminal.type(ask_again)
                asked = now
            time.sleep(0.05)
            terminal.look()

    def _difference(self, printed: list[str], entry: Entry) -> str:
        return "\n".join(["the page says:", str(entry), "", "printed is:", *printed])

    def _copied(self, typed: str) -> str:
        """What a reader copies from a terminal instead of typing the …"""
        if "…" not in typed:
            return typed
        same = page.pattern([self._here(typed)])
        return next(line for line in self._seen if same.fullmatch(f"{line}\n"))

    def _here(self, text: str) -> str:
        """With the ports as they are here; … as long as nobody knows them."""
        return ANY_PORT.sub(lambda port: self._ports.get(port[1], "…"), text)

    def _note_ports(self) -> None:
        text = "\n".join(self._seen)
        for port, shown in PORTS.items():
            if found := re.search(shown, text):
                self._ports[port] = found[1]
