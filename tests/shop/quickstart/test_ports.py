"""Two first looks that start at the same moment have ports of their own."""

import subprocess
import sys

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
