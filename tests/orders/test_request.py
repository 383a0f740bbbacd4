"""What may be ordered: the bounds themselves."""

import time
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orders.request import MAX_NOTE, code_fault, id_fault, text_fault, tidy


@pytest.mark.parametrize(
    "char",
    [
        "\u0000",
        "\u007f",
        "\u0085",
        "\ud800",
        "\u2028",
        "\u2029",
        *map(chr, range(0x202A, 0x202F)),
        *map(chr, range(0x2066, 0x206A)),
    ],
)
def test_a_character_that_no_slip_can_have_is_named(char: str) -> None:
    assert text_fault(f"Jo{char}") == f"Character 3 is a control character (U+{ord(char):04X}). Please remove it."


@pytest.mark.parametrize("text", ["Jo\u200dAnn", "Zoë", "مرحبا", "\u00a0Jo", "👩\u200d🚀"])
def test_names_of_all_scripts_are_taken(text: str) -> None:
    assert text_fault(text) == ""


@pytest.mark.parametrize("text", ["\u3164", "\u2800\u2800", "\u115f\u1160", "\uffa0", "\U0001d159", "\u200d", "\ufeff"])
def test_a_text_of_which_nothing_is_drawn_is_refused(text: str) -> None:
    assert text_fault(text) == "There is nothing to read in it. Please write at least one letter or sign."
    assert text_fault(f"{text}a") == ""


@pytest.mark.parametrize("char", ["\u200b", "\u200d", "\u2060", "\ufeff", "\u00ad", "\u061c", "\U000e0041"])
def test_a_code_that_people_compare_has_no_invisible_characters(char: str) -> None:
    assert code_fault(f"MU{char}G") == f"Character 3 is invisible (U+{ord(char):04X}). Please remove it."
    assert code_fault("MUG 12/Ä-אב") == ""
    assert code_fault("") == ""


def test_the_largest_id_a_row_can_have_is_an_id() -> None:
    assert id_fault(9_223_372_036_854_775_807) == ""
    assert id_fault(9_223_372_036_854_775_808) == "This number is too large for a product id."


@pytest.mark.parametrize("form", ["NFC", "NFD"])
@pytest.mark.parametrize("name", ["Zoë", "Łukasz Żółć", "김철수", "Nguyễn", "Ångström", "Ζαΐμης", "が"])
def test_a_name_is_the_same_however_its_accents_were_typed(name: str, form: str) -> None:
    assert tidy(f"  {unicodedata.normalize(form, name)}\u00a0") == name  # type: ignore[arg-type]


def test_letters_that_only_look_alike_stay_what_they_are() -> None:
    assert tidy("① ﬁ Ａ ² Ⅳ") == "① ﬁ Ａ ² Ⅳ"


@given(st.text(max_size=MAX_NOTE))
def test_any_form_of_a_text_is_tidied_alike(text: str) -> None:
    assert tidy(unicodedata.normalize("NFD", text)) == tidy(text) == tidy(tidy(text))


def test_no_text_takes_long() -> None:
    started = time.process_time()
    for letters in (2 * MAX_NOTE - 1, 500_000):
        tidy("\u0301\u0316" * letters)
    assert time.process_time() - started < 5  # Squared it would be hours.
