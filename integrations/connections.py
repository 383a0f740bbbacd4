"""Tries every destination's connection without creating anything: does it answer, and does it accept our logon?

The file with a step's task says how, in a function `check() -> str` that raises a StepError.
"""

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from importlib import import_module

from celery import current_app
from django.conf import settings

from orders.steps import LogonRefused, Permanent, StepError


@dataclass(frozen=True)
class Finding:
    """One line for one destination."""

    name: str
    ok: bool
    said: str
    what_to_do: str = ""

    def __str__(self) -> str:
        verdict = "ok    " if self.ok else "WRONG "
        return f"{verdict} {self.name}: {self.said} {self.what_to_do}".rstrip()


def try_connections(names: Iterable[str] = ()) -> list[Finding]:
    """Tries the named destinations, or all of the shop's, at the same time."""
    wanted = list(names) or list(settings.ENABLED_STEPS)
    with ThreadPoolExecutor(max_workers=8) as pool:
        return list(pool.map(try_connection, wanted))


def try_connection(name: str) -> Finding:
    check = check_of(settings.ENABLED_STEPS[name])
    if check is None:
        return Finding(name, True, "has nothing to try")
    try:
        return Finding(name, True, check())
    except StepError as error:
        return Finding(name, False, error.reason, what_to_do(name, error))
    except Exception as error:  # One destination's fault must not hide what the others say.
        return Finding(name, False, f"a fault in the desk itself ({type(error).__name__}).", "Please report it.")


def check_of(task: str) -> Callable[[], str] | None:
    """`check` beside the task. A task's name is fixed and says nothing of its file: the registered task knows that."""
    current_app.loader.import_default_modules()
    module = import_module(current_app.tasks[task].__module__)
    return getattr(module, "check", None)


def what_to_do(name: str, error: StepError) -> str:
    if isinstance(error, Permanent):
        return error.next_action
    if isinstance(error, LogonRefused):
        return f"Check the variables SHOP_{name.upper()}_… (address, user, password or key)."
    address = "HOST" if hasattr(getattr(settings, name.upper(), None), "host") else "URL"
    return f"Check that SHOP_{name.upper()}_{address} is right and can be reached from this machine; if it is, wait."
