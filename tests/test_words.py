"""The words on paper and in mails: all of them go through gettext, and each language of the shop has all of them."""

import ast
import gettext
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.utils import translation
from django.utils.translation.template import templatize

from shop.letterhead import LANGUAGES
from tests import catalogue
from tests.catalogue import CONTEXT_ENDS, Entry

ROOT = Path(__file__).resolve().parents[1]
# The apps that say something to people outside, each with its catalogues, and where its templates are.
APPS = sorted(path.parent.name for path in ROOT.glob("*/locale"))
OTHERS = [language for language in LANGUAGES if language != "en"]
CATALOGUES = [(app, language) for app in APPS for language in OTHERS]
# Where the English text stands among the arguments of each function, and the context.
FUNCTIONS = {"gettext": (0, None), "ngettext": (0, None), "pgettext": (1, 0), "npgettext": (1, 0)}
FUNCTIONS |= {f"{name}_lazy": places for name, places in FUNCTIONS.items()}
FUNCTIONS["gettext_noop"] = (0, None)
FUNCTIONS["_"] = (0, None)
TEXT = r"""u?(?:'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")"""
CALL = re.compile(rf"(?:n?p?gettext|_)\((?:(?:{TEXT}|count)(?:, ?)?)+\)")
# What a test page shows as it is.
SAMPLES = ["A-03-2", "B-12-1", "Helgi Möller, Łukasz Żółć, Олег, 李小龙, さくら, 김철수,"]


def file(app: str, language: str, suffix: str) -> Path:
    return ROOT / app / "locale" / language / "LC_MESSAGES" / f"django.{suffix}"


def entries(app: str, language: str) -> list[Entry]:
    return catalogue.read(file(app, language, "po"))[1:]


def templates(app: str) -> Iterator[Path]:
    """Those for people outside: paper and mails."""
    for room in ("printing", "mail"):
        yield from (path for path in (ROOT / app).rglob(f"templates/{room}/**/*") if path.is_file())


def called(code: str) -> Iterator[str]:
    """The keys of all texts that the code asks gettext for."""
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.Call) and (name := ast.unparse(node.func)) in FUNCTIONS:
            text, context = FUNCTIONS[name]
            if not isinstance(node.args[text], ast.Constant):
                continue  # A table's text: it stands there in gettext_noop.
            before = "" if context is None else ast.literal_eval(node.args[context]) + CONTEXT_ENDS
            yield before + ast.literal_eval(node.args[text])


def asked_by(template: str) -> Iterator[str]:
    """As makemessages does: Django makes calls of the tags, and noise of the rest."""
    for call in CALL.findall(templatize(template)):
        yield from called(call)


def wanted(app: str) -> set[str]:
    code = (path.read_text() for path in (ROOT / app).rglob("*.py"))
    found = {key for text in code if "gettext" in text for key in called(text)}
    return found | {key for path in templates(app) for key in asked_by(path.read_text())}


def test_there_are_words() -> None:
    assert "printing" in APPS
    assert "paper\x04pick slip" in wanted("printing")
    assert len(wanted("printing")) > 30


@pytest.mark.parametrize(("app", "language"), CATALOGUES)
def test_each_language_has_every_word_and_no_other(app: str, language: str) -> None:
    assert sorted(entry.key for entry in entries(app, language)) == sorted(wanted(app))


@pytest.mark.parametrize(("app", "language"), CATALOGUES)
def test_every_word_is_translated_for_sure_and_in_all_its_forms(app: str, language: str) -> None:
    header = catalogue.read(file(app, language, "po"))[0].said[0]
    forms = int(re.findall(r"nplurals=(\d)", header)[0])
    for entry in entries(app, language):
        assert all(text.strip() for text in entry.said), entry
        assert "fuzzy" not in entry.flags, entry
        assert len(entry.said) == (forms if "msgid_plural" in entry.texts else 1), entry


@pytest.mark.parametrize(("app", "language"), CATALOGUES)
def test_what_is_filled_in_is_the_same_in_every_language(app: str, language: str) -> None:
    def filled(text: str) -> list[str]:
        return sorted(re.findall(r"%(?:\(\w+\))?.", text))

    for entry in entries(app, language):
        for text in entry.said:
            assert filled(text) in [filled(english) for english in entry.english], entry


@pytest.mark.parametrize(("app", "language"), CATALOGUES)
def test_what_is_compiled_is_what_is_written(app: str, language: str) -> None:
    """Otherwise: `python manage.py compilemessages`, with gettext's tools."""
    written: dict[str | tuple[str, int], str] = {}
    for entry in catalogue.read(file(app, language, "po")):
        many = "msgid_plural" in entry.texts
        written |= {(entry.key, n) if many else entry.key: text for n, text in enumerate(entry.said)}
    with file(app, language, "mo").open("rb") as compiled:
        assert gettext.GNUTranslations(compiled)._catalog == written  # type: ignore[attr-defined]


@pytest.mark.parametrize("app", APPS)
def test_no_word_of_a_template_stands_outside_gettext(app: str) -> None:
    for path in templates(app):
        text = re.sub(r"<style>.*?</style>", "", path.read_text(), flags=re.DOTALL)
        text = re.sub(r"{% blocktranslate.*?endblocktranslate %}|{%.*?%}|{{.*?}}|{#.*?#}", "", text)
        text = re.sub(r"<[^>]*>|&\w+;", "", text)
        for sample in SAMPLES:
            text = text.replace(sample, "")
        assert re.findall(r"[^\W\d]+", text) == [], path


@pytest.mark.parametrize(
    ("language", "count", "text"),
    [
        ("en", 1, "1 piece"),
        ("en", 0, "0 pieces"),
        ("fr", 0, "0 pièce"),
        ("fr", 2, "2 pièces"),
        ("es", 1, "1 unidad"),
        ("es", 0, "0 unidades"),
        ("de", 3, "3 Stück"),
        ("is", 3, "3 stk."),
    ],
)
def test_pieces_are_counted_as_people_count(language: str, count: int, text: str) -> None:
    with translation.override(language):
        number = {"number": count}
        assert translation.npgettext("paper", "%(number)s piece", "%(number)s pieces", count) % number == text


def test_in_icelandic_twenty_one_are_one() -> None:
    with translation.override("is"):
        said = [translation.npgettext("paper", "%(number)s line", "%(number)s lines", n) for n in (1, 2, 11, 21)]
    assert said == ["%(number)s " + word for word in ("lína", "línur", "línur", "lína")]
