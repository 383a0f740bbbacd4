"""A shop's own templates, laid over the desk's: `SHOP_TEMPLATES`, for paper and mails alone (docs/templates.md)."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, NoReturn

from celery.exceptions import SoftTimeLimitExceeded
from django.conf import settings
from django.core.checks import CheckMessage, Warning
from django.db import Error as DatabaseError
from django.template import Origin, TemplateDoesNotExist, TemplateSyntaxError, autoreload
from django.template.loader import get_template
from django.template.loaders import filesystem

from orders.steps import Permanent, StepError
from orders.unused_templates import unused

ROOMS = ("printing/", "mail/")
# Not the template's fault, whichever template it came up in.
OF_THE_MOMENT = (StepError, SoftTimeLimitExceeded, MemoryError, DatabaseError, OSError)


class Loader(filesystem.Loader):
    """Finds them before the desk's own. No template of the admin can be replaced."""

    def get_dirs(self) -> list[str | Path]:
        return [settings.SHOP_TEMPLATES] if settings.SHOP_TEMPLATES else []

    def get_template_sources(self, template_name: str) -> Iterator[Origin]:
        if template_name.startswith(ROOMS):
            yield from super().get_template_sources(template_name)

    def get_contents(self, origin: Origin) -> str:
        """Raises Permanent if the file is there, but can't be read."""
        try:
            return super().get_contents(origin)
        except OSError as error:
            _refuse(f"{origin.name} can't be read: {error.strerror}.", error)
        except UnicodeDecodeError as error:
            _refuse(f"{origin.name} is no text in UTF-8 (byte {error.start + 1}).", error)


def check(**kwargs: Any) -> list[CheckMessage]:
    """For `manage.py check`: a warning for each template of the shop's own that can't be read, or is never used."""
    folder = settings.SHOP_TEMPLATES
    if folder is None:
        return []
    faults = ((folder / name, _fault(name)) for name in _names(folder))
    broken: list[CheckMessage] = [Warning(f"{file}, {fault}", id="orders.W001") for file, fault in faults if fault]
    return broken + [Warning(f"{file}: {fault}", id="orders.W002") for file, fault in unused(folder, ROOMS)]


def _fault(name: str) -> str:
    """Line and fault of a template that can't be read; "" if it can be."""
    try:
        get_template(name)
    except (StepError, TemplateSyntaxError) as error:
        return f"line {getattr(error, 'template_debug', {}).get('line', 1)}: {_told(error)}"
    return ""


def _names(folder: Path) -> list[str]:
    """The templates in it, as they are asked for."""
    files = [file for room in ROOMS for file in (folder / room).rglob("[!.]*")]
    return sorted(file.relative_to(folder).as_posix() for file in files if file.suffix in (".html", ".txt"))


def blame(error: Exception) -> None:
    """Raises Permanent, with file and line, if a document could not be made and a shop's templates are in use.

    The error's own text is told where it is about the template alone: others may quote a customer's name.
    """
    if not settings.SHOP_TEMPLATES or isinstance(error, OF_THE_MOMENT):
        return
    place = getattr(error, "template_debug", None)
    if place is None:  # Not while the template was read or filled in, but when the page was drawn from it.
        _refuse(f"{settings.SHOP_TEMPLATES} is in use, and the page can't be drawn: {_told(error)}", error)
    _refuse(f"{place['name']}, line {place['line']}: {_told(error)}", error)


def _told(error: Exception) -> str:
    if isinstance(error, TemplateDoesNotExist):
        name, tag = str(error), getattr(error, "template_debug", {}).get("during", "")
        return f"there is no template {name}." if name in tag else "there is no template of that name."
    if isinstance(error, TemplateSyntaxError | StepError):
        return " ".join(str(error).split())
    return f"{type(error).__name__}."


def _refuse(reason: str, error: Exception) -> NoReturn:
    autoreload.reset_loaders()  # The next try reads the files anew.
    raise Permanent(
        f"A template of the shop's own has an error. {reason}"[:500],
        next_action="Mend the file, or take it away: the desk's own is used then. Restart the workers and the web "
        "processes, which keep templates they have read, and send the step again.",
        code="template",
    ) from error
