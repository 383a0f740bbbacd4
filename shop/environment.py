"""Reads the environment. Only `shop/settings.py`, `shop/destinations.py` and the first start call it."""

import os
import re
import ssl
from collections.abc import Callable
from difflib import get_close_matches
from pathlib import Path
from typing import Any
from zoneinfo import available_timezones

import environs
from django.core.exceptions import ImproperlyConfigured

from orders.money import MINOR_UNITS
from shop.env_file import values_in

ENV_FILE = Path(__file__).resolve().parent.parent / ".env"
_env = environs.Env()
YEAR = 31_536_000  # seconds
# What was meant, where the value is none of its kind: most have a unit behind them, or are empty.
MEANT = {
    "int": "it must be a whole number, without a unit: 30, for example.",
    "float": "it must be a number, without a unit: 30 or 0.5, for example.",
    "bool": "it must be true or false.",
}
_READ = {"SHOP_VENV", "SHOP_PORT"}  # what somebody has asked for; these two bin/quickstart and its like read


def read_file() -> None:
    """Takes variables from the `.env` file, or from the one that SHOP_ENV_FILE names; what the process has wins.

    An empty name reads none. Raises ImproperlyConfigured if a file that is named is not there, or can't be read.
    """
    named = str(read("str", "SHOP_ENV_FILE", str(ENV_FILE)))
    if named:
        for name, value in values_in(Path(named), must_exist="SHOP_ENV_FILE" in os.environ).items():
            os.environ.setdefault(name, value)


def read(
    kind: str, name: str, default: Any = ..., *, validate: Callable[[Any], object] | None = None, **options: Any
) -> Any:
    """The variable as `kind` ("str", "int", "bool", "list", …).

    Raises ImproperlyConfigured with the variable's name when it is malformed, missing without a default, or when
    `validate` answers False or raises ValueError with a better sentence. (The library itself ignores a False.)
    """
    _READ.add(name)
    if default is not ...:
        options["default"] = default
    try:
        value = getattr(_env, kind)(name, **options)
        if kind == "list":
            value = [item.strip() if isinstance(item, str) else item for item in value]
        if validate and validate(value) is False:
            raise ValueError("this value is not valid.")
    except environs.EnvError as error:
        raise ImproperlyConfigured(f"{name}: {MEANT.get(kind, error)}") from None
    except ValueError as error:
        raise ImproperlyConfigured(f"{name}: {error}") from None  # The cause would quote what was set.
    return value


def unread() -> dict[str, str]:
    """Variables of ours that no setting is called, mostly misspelt; each with the name that is nearest, or ""."""
    known = {name.removeprefix("SHOP_"): name for name in _READ}
    found = sorted(name for name in os.environ if name.startswith("SHOP_") and name not in _READ)
    nearest = {name: get_close_matches(name.removeprefix("SHOP_"), sorted(known), 1, 0.75) for name in found}
    return {name: known[near[0]] if near else "" for name, near in nearest.items()}


def seconds(number: float) -> None:
    if not 0 < number <= YEAR:
        raise ValueError(f"it must be a number of seconds, more than 0 and at most {YEAR} (a year).")


def count(most: int) -> Callable[[int], None]:
    """A check: from 1 to `most`."""

    def check(number: int) -> None:
        if not 0 < number <= most:
            raise ValueError(f"it must be a whole number from 1 to {most}.")

    return check


def days(number: int) -> None:
    if not 0 < number <= 36_500:
        raise ValueError("it must be a number of days, from 1 to 36500.")


def currency(code: str) -> None:
    if not re.fullmatch("[A-Z]{3}", code):
        raise ValueError("a currency has three capital letters, for example EUR.")
    if code not in MINOR_UNITS:
        raise ValueError("ISO 4217 has no such currency that people pay in; one is EUR, for example.")


def instance(name: str) -> None:
    if not re.fullmatch(r"([a-z0-9][a-z0-9_.-]{0,59})?", name):
        raise ValueError("a name has up to 60 small letters, digits and - . _, for example production.")


def time_zone(name: str) -> None:
    if name not in available_timezones():
        raise ValueError("there is no such time zone; one is Europe/Berlin, for example.")


def rate(text: str) -> None:
    if not re.fullmatch(r"([1-9]\d{0,5}/(s|min|hour|day))?", text):
        raise ValueError("a rate is a number per s, min, hour or day, for example 100/min.")


def log_level(name: str) -> None:
    if name not in ("DEBUG", "INFO", "WARNING", "ERROR"):
        raise ValueError("a level is one of DEBUG, INFO, WARNING and ERROR.")


def all_seconds(delays: list[Any]) -> None:
    """Raises ValueError unless there is at least one, and each is a number of seconds above 0."""
    if not delays:
        raise ValueError("at least one delay is needed.")
    try:
        numbers = [float(delay) for delay in delays]
    except ValueError:
        raise ValueError("they are numbers of seconds with commas between them, for example 10,30,120.") from None
    for number in numbers:
        seconds(number)


def certificates(path: str) -> None:
    """Raises ValueError for what is no file of certificates: else each connection would fail, later."""
    if not path:
        return
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_verify_locations(path)
    except ssl.SSLError:
        raise ValueError(f"{path} has no certificate in it that can be read; it is a PEM file.") from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", "") or "it is no name of a file"
        raise ValueError(f"{path} can't be read: {reason}.") from None
