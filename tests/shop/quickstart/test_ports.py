"""Two first looks that start at the same moment have ports of their own."""

import subprocess
import sys

from shop.quickstart import ports
from shop.quickstart.local_desk import ROOT
from shop.quickstart.ports import first_free, free_port

CHOOSE = """
import sys
from shop.quickstart.ports import first_free
print(first_free(int(sys.argv[1])), flush=True)
input()
"""


def test_a_port_is_chosen_by_one_though_nothing_listens_there_yet() -> None:
    wanted = free_port()
    other = subprocess.Popen(
        [sys.executable, "-c", CHOOSE, str(wanted)], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    with other:
        assert other.stdout
        assert int(other.stdout.readline()) == wanted
        assert first_free(wanted) != wanted
        other.kill()
    assert first_free(wanted) == wanted


CHOOSE_BY_CHANCE = """
import sys
from shop.quickstart import ports
ports.RANGE = range(int(sys.argv[1]), int(sys.argv[1]) + 1)
try:
    print(ports.free_port())
except OSError:
    print("none")
"""


def chosen_by_another(port: int) -> str:
    """What another process gets that may choose this port alone."""
    command = [sys.executable, "-c", CHOOSE_BY_CHANCE, str(port)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout.strip()


def test_two_processes_that_choose_by_chance_choose_different_ports() -> None:
    """Tests run side by side, and some seconds go by before a server listens."""
    if sys.platform == "linux":
        assert chosen_by_another(free_port()) == "none"


def test_not_for_ever() -> None:
    """A mark is an open file, and tests choose many ports."""
    port = free_port()
    for _ in range(ports.MOST_MARKS + 1):
        free_port()
    assert chosen_by_another(port) == str(port)
    assert len(ports._just_given) <= ports.MOST_MARKS + 1
