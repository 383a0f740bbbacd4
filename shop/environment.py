"""Reads the environment. Only `shop/settings.py`, `shop/destinations.py` and the first start call it."""

import os
import re
from collections.abc import Callable
from difflib import get_close_matches
from io import StringIO
from pathlib import Path
from typing import Any
from zoneinfo import available_timezones

import environs
from django.core.exceptions import ImproperlyConfigured
from dotenv import dotenv_values

from orders.money import MINOR_UNITS

_env = environs.Env()
_READ = {"SHOP_VENV", "SHOP_PORT"}  # what somebody has asked for; these two bin/quickstart and its like read


def read_file(path: str) -> None:
    """Takes variables from a `.env` file; what the process already has wins. An empty path reads none."""
    if path:
        _env.read_env(path, recurse=False)


def values_in(path: Path) -> dict[str, str]:
    """What a `.env` file says, without taking it. Raises ImproperlyConfigured if it can't be read."""
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return {}
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is no text"
        raise ImproperlyConfigured(f"{path} can't be read: {reason}.") from None
    return {name: value or "" for name, value in dotenv_values(stream=StringIO(text)).items()}


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
        if validate and validate(value) is False:
            raise ValueError("this value is not valid.")
    except (environs.EnvError, ValueError) as error:
        raise ImproperlyConfigured(f"{name}: {error}") from None  # The cause would quote what was set.
    return value


def unread() -> dict[str, str]:
    """Variables of ours that no setting is called, mostly misspelt; each with the name that is nearest, or ""."""
    known = {name.removeprefix("SHOP_"): name for name in _READ}
    found = sorted(name for name in os.environ if name.startswith("SHOP_") and name not in _READ)
    nearest = {name: get_close_matches(name.removeprefix("SHOP_"), sorted(known), 1, 0.75) for name in found}
    return {name: known[near[0]] if near else "" for name, near in nearest.items()}


def positive(number: float) -> None:
    if not 0 < number < float("inf"):
        raise ValueError("it must be more than 0.")


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
    for delay in delays:
        positive(float(delay))


def origins(given: list[str]) -> None:
    if not all(re.fullmatch(r"https?://[^/\s]+", origin) for origin in given):
        raise ValueError("an origin has a scheme and no path, for example https://desk.example.com.")


def existing_file(path: str) -> None:
    if path and not Path(path).is_file():
        raise ValueError(f"there is no file {path}.")
