"""One person, one pseudonym: however a name was typed, and as it was before."""

import sys
import unicodedata
from datetime import date

import pytest
from pytest_django import Settings

from integrations.pseudonym import pseudonym, same_name
from integrations.statistics.figures import figures
from integrations.statistics.payload import purchase_of
from orders.models import Order
from tests.factories import make_order


@pytest.mark.parametrize(
    "name", ["Zoë", "ZOË", "Zoe\u0308", "ZOE\u0308", " Zoe\u0308  ", "zoë"], ids=lambda name: name.encode().hex()
)
def test_a_name_in_any_form_has_one_pseudonym(name: str) -> None:
    assert pseudonym(Order(customer_name=f"{name} Brontë")) == pseudonym(Order(customer_name="Zoë Bronte\u0308"))


def test_an_older_orders_pseudonym_is_what_it_was(settings: Settings) -> None:
    settings.SECRET_KEY = "k"
    assert pseudonym(Order(customer_name=" Helgi  MÖLLER")) == "98d0445906493355ff239b3a648f1db2"


def test_an_e_mail_in_any_form_has_one_pseudonym_whatever_the_name() -> None:
    one = Order(customer_name="Zoë", email="zoë.brontë@x.example")
    assert pseudonym(one) == pseudonym(Order(customer_name="Z. B.", email="ZOE\u0308.Bront\u00cb@X.EXAMPLE"))
    assert pseudonym(one) != pseudonym(Order(customer_name="Zoë", email="zoe.bronte@x.example"))
    assert pseudonym(one) != pseudonym(Order(customer_name="Zoë"))


@pytest.mark.django_db
def test_the_figures_tell_customers_apart_by_e_mail_where_there_is_one() -> None:
    for name, email in [("Anna", "a@x.example"), ("ANNA B", "A@x.example"), ("Anna", "b@x.example"), ("anna", "")]:
        make_order(customer_name=name, email=email)
    assert [day["customers"] for day in figures(date.min, date.max)] == [3]


def test_zoe_is_another() -> None:
    assert len({pseudonym(Order(customer_name=name)) for name in ("Zoë", "Zoe", "Zoé")}) == 3


def test_capitals_of_a_letter_with_two_accents_are_the_same_name() -> None:
    assert same_name("Ζαΐμης") == same_name("ΖΑΪ́ΜΗΣ") == same_name(unicodedata.normalize("NFD", "Ζαΐμης"))


def test_every_letter_in_every_form_is_the_same_and_what_it_was_before() -> None:
    for char in map(chr, range(sys.maxunicode + 1)):
        if unicodedata.category(char) in ("Cn", "Cs", "Co"):
            continue
        name = f"a {char}b"
        composed, apart = unicodedata.normalize("NFC", name), unicodedata.normalize("NFD", name)
        assert same_name(apart) == same_name(name) == same_name(composed)
        assert same_name(composed) == " ".join(composed.casefold().split()), hex(ord(char))


@pytest.mark.django_db
def test_the_shops_own_figures_count_one_customer(order: Order) -> None:
    order.customer_name = "Zoë"
    counted = purchase_of(order).customer
    order.customer_name = "Zoe\u0308"  # A row from before.
    assert purchase_of(order).customer == counted
