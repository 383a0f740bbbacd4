"""What several runs of tests have in common, as `bin/test` starts them: each takes the next part that none has begun.

A part is a file, or a folder whose files use the same servers. So all runs end at about the same time, however long
which test takes, and whatever else the machine does.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest

Place = tuple[int, str]
OWN: Place = (-1, "")


class Turns:
    """A plugin of pytest. `shared` are folders, taken in this order: "a/b" at once (a file, too), "a/b/*" file by file.

    What a run has collected besides is its own, and comes first. `begun` is a folder that all runs know.
    """

    def __init__(self, begun: Path, shared: list[str]) -> None:
        self.begun = begun
        self.shared = shared

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        items.sort(key=self.place)  # Within a part they stay as they are.

    def place(self, item: pytest.Item) -> Place:
        """Where it comes, and to which part it belongs."""
        path = item.nodeid.partition("::")[0]
        for number, folder in enumerate(self.shared):
            if f"{path}/".startswith(folder.removesuffix("*").rstrip("/") + "/"):
                return number, path if folder.endswith("*") else folder
        return OWN

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """As pytest's own loop, but for what others have begun."""
        if session.testsfailed:
            raise session.Interrupted(f"{session.testsfailed} errors during collection")
        mine = self.mine(session.items)
        item = next(mine, None)
        while item:
            following = next(mine, None)
            session.config.hook.pytest_runtest_protocol(item=item, nextitem=following)
            if session.shouldfail:
                raise session.Failed(session.shouldfail)
            if session.shouldstop:
                raise session.Interrupted(session.shouldstop)
            item = following
        return True

    def mine(self, items: list[pytest.Item]) -> Iterator[pytest.Item]:
        place, ours = OWN, True
        for item in items:
            if self.place(item) != place:
                place = self.place(item)
                ours = self.begin(place)
            if ours:
                yield item

    def begin(self, place: Place) -> bool:
        """Whether it is ours from now on: the others find a folder of its name."""
        try:
            (self.begun / place[1].replace("/", "-")).mkdir()
        except FileExistsError:
            return False
        return True
