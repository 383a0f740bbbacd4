"""Reads a destination's settings from the environment: a dataclass in the destination's folder says what they are.

The field `client` of "sap" is the variable SHOP_SAP_CLIENT. Its type says how it is read: text, true or false, a whole
number, words with commas between them, a file of certificates, or a time (in seconds, and the variable's name ends in
_SECONDS). A function beside the type of a text or a number, `Annotated[str, at_most(4)]`, raises ValueError for what
the destination would not take. A field without default is needed when the step is on, and one whose default is a text
may not be empty then; a property `also_needed` may name more.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import MISSING, Field, fields
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TypeVar, get_args, get_origin, get_type_hints

from django.core.exceptions import ImproperlyConfigured

from shop.environment import certificates, read, seconds

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

Settings = TypeVar("Settings", bound="DataclassInstance")
Check = Callable[[Any], object] | None


def enabled(known: Mapping[str, str]) -> dict[str, str]:
    """Those of the known steps that SHOP_ORDER_STEPS names. Raises ImproperlyConfigured for none, and for another."""
    wanted = read("list", "SHOP_ORDER_STEPS", ["sap", "marketing", "printing"])
    if not wanted:
        raise ImproperlyConfigured(f"SHOP_ORDER_STEPS is empty; name at least one of {', '.join(known)}.")
    if unknown := [name for name in wanted if name not in known]:
        raise ImproperlyConfigured(f"SHOP_ORDER_STEPS names {', '.join(unknown)}; known steps are {', '.join(known)}.")
    return {name: task for name, task in known.items() if name in wanted}


def read_settings(destination: str, kind: type[Settings]) -> Settings:
    """An instance of `kind` from the environment. What is missing is empty: see `refuse_missing`.

    Raises ImproperlyConfigured with the variable's name when a value is malformed.
    """
    hints = get_type_hints(kind, include_extras=True)
    values = {field.name: _read_field(destination, field, hints[field.name]) for field in fields(kind)}
    return kind(**values)


def refuse_missing(enabled: Iterable[str], settings: Mapping[str, "DataclassInstance"]) -> None:
    """Refuses to start while a step that is on lacks settings, and names them all."""
    enabled = list(enabled)
    lacking = {name: names for name, given in settings.items() if name in enabled and (names := _missing(name, given))}
    if not lacking:
        return
    lacks = "; ".join(f"the step '{step}' needs {', '.join(names)}" for step, names in lacking.items())
    rest = ",".join(name for name in enabled if name not in lacking)
    otherwise = f", or leave the steps out: SHOP_ORDER_STEPS={rest}" if rest else "."
    raise ImproperlyConfigured(f"Settings are missing: {lacks}. Set them{otherwise}")


def _missing(destination: str, settings: "DataclassInstance") -> list[str]:
    also = getattr(settings, "also_needed", ())
    return [
        _variable(destination, field)
        for field in fields(settings)
        if (_has_no_use_for_empty(field) or field.name in also) and not getattr(settings, field.name)
    ]


def _has_no_use_for_empty(field: Field[Any]) -> bool:
    """True for a text that has a default, too: who writes `SHOP_GA4_URL=` would have it replaced by nothing."""
    return field.default is MISSING or (isinstance(field.default, str) and bool(field.default))


def _variable(destination: str, field: Field[Any]) -> str:
    seconds = "_seconds" if field.type is timedelta else ""
    return f"shop_{destination}_{field.name}{seconds}".upper()


def _read_field(destination: str, field: Field[Any], hint: Any) -> Any:
    kind, *checks = get_args(hint) if get_origin(hint) is Annotated else (hint,)
    default = None if field.default is MISSING else field.default
    return READERS[kind](_variable(destination, field), default, *checks)


def _text(name: str, default: str | None, check: Check = None) -> str:
    return str(read("str", name, default or "", validate=check))


def _switch(name: str, default: bool) -> bool:
    return bool(read("bool", name, default))


def _words(name: str, default: frozenset[str] | None) -> frozenset[str]:
    return frozenset(word.strip() for word in read("list", name, sorted(default or ())))


def _file(name: str, default: Path | None) -> Path | None:
    path = read("str", name, str(default or ""), validate=certificates)
    return Path(path) if path else None


def _time(name: str, default: timedelta) -> timedelta:
    return timedelta(seconds=read("float", name, default.total_seconds(), validate=seconds))


def _whole_number(name: str, default: int, check: Check = None) -> int:
    return int(read("int", name, default, validate=check))


READERS: dict[Any, Callable[..., Any]] = {
    str: _text,
    bool: _switch,
    int: _whole_number,
    frozenset[str]: _words,
    Path | None: _file,
    timedelta: _time,
}
