"""Carriers: what SHOP_CARRIERS may say, where a parcel can be followed, and what people and scanners type."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pytest_django import Settings

from orders.carriers import KNOWN, Carrier, carrier_name, read_carriers, tidy_tracking_number, tracking_url


def test_a_known_carrier_needs_its_key_alone_and_others_a_name() -> None:
    read = read_carriers(["ups", " post=Post AT=https://post.at/t?a=b&n={number}", "van=Our own van"])
    assert list(read.values()) == [
        KNOWN["ups"],
        Carrier("post", "Post AT", "https://post.at/t?a=b&n={number}"),
        Carrier("van", "Our own van"),
    ]


def test_a_known_carrier_can_have_another_page() -> None:
    url = "https://www.dhl.de/de/privatkunden/pakete-empfangen/verfolgen.html?piececode={number}"
    assert read_carriers([f"dhl=DHL Paket={url}"]) == {"dhl": Carrier("dhl", "DHL Paket", url)}


def test_what_the_desk_knows_is_itself_as_a_setting_may_be() -> None:
    for carrier in KNOWN.values():
        assert read_carriers([f"{carrier.key}={carrier.name}={carrier.url}"]) == {carrier.key: carrier}


@pytest.mark.parametrize(
    ("entries", "said"),
    [
        ([], "at least one"),
        ([""], "no key"),
        (["DHL"], "no key"),
        (["d h l=DHL"], "no key"),
        (["x" * 33 + "=X"], "no key"),
        (["dhl", "dhl=DHL"], "dhl is there twice"),
        (["post"], "post needs a name"),
        (["dhl="], "dhl needs a name"),
        (["post= =https://a.example/{number}"], "post needs a name"),
        (["post=" + "x" * 61], "1 to 60"),
        (["post=Po\u202est"], "people can read"),
        (["post=Post=http://a.example/{number}"], "no https address"),
        (["post=Post=javascript:alert({number})"], "no https address"),
        (["post=Post=https:///{number}"], "no https address"),
        (["post=Post=https://a.example:x/{number}"], "no https address"),
        (["post=Post=https://a.example/ {number}"], "no https address"),
        (["post=Post=https://a.example/\"{number}"], "no https address"),
        (["post=Post=https://a.example/ö{number}"], "no https address"),
        (["post=Post=https://a.example/"], "{number} once"),
        (["post=Post=https://a.example/{number}/{number}"], "{number} once"),
        (["post=Post=https://a.example/{number}/{country}"], "{number} once"),
        (["post=Post=https://{number}.example/"], "in its host"),
        (["post=Post=https://desk:secret@a.example/{number}"], "in its host"),
    ],
)  # fmt: skip
def test_a_wrong_entry_is_refused_in_words(entries: list[str], said: str) -> None:
    with pytest.raises(ValueError, match=said.replace("{", r"\{")):
        read_carriers(entries)


def test_the_page_of_a_parcel_has_its_number_escaped(settings: Settings) -> None:
    settings.CARRIERS = read_carriers(["post=Post AT=https://post.at/t?n={number}&x=1", "van=Our van"])
    assert tracking_url("post", "AB12") == "https://post.at/t?n=AB12&x=1"
    assert tracking_url("post", "a/b&c=ü#?") == "https://post.at/t?n=a%2Fb%26c%3D%C3%BC%23%3F&x=1"
    assert (tracking_url("van", "1"), tracking_url("gone", "1")) == ("", "")
    assert (carrier_name("post"), carrier_name("gone")) == ("Post AT", "gone")


@pytest.mark.parametrize(
    "typed",
    [
        "JD014600012345678901", "jd0146 0001 2345 6789 01", " JD01-4600-0123-4567-8901\r\n", "JD014600012345678901\t",
        "JD01\u20134600\u00a00123\u2009456\u22127 8901", "jd01ß4600ß012345678901", "JD01'4600'012345678901",
        "\u202aJD014600012345678901\u202c", "JD01\u200b4600\u00ad012345678901\ufeff",
        "ＪＤ０１４６－０００１２３４５６７８９０１",
    ],
)  # fmt: skip
def test_a_number_is_the_same_however_it_is_typed_or_scanned(typed: str) -> None:
    assert tidy_tracking_number(typed) == "JD014600012345678901"


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("", "type or scan"),
        (" - ", "type or scan"),
        ("ß", "type or scan"),
        ("12\x1d34", "Character 3 is a control character"),
        ("12\n34", "Character 3 is a control character"),
        ("\u200b", "type or scan"),
        ("12\ud80034", "control character"),
        ("12.34", "“.” is neither"),
        ("١٢٣", "“١” is neither"),
        ("½", "“⁄” is neither"),
        ("ıſ", "“ı” is neither"),
        ("<b>", "“<” is neither"),
        ("1" * 65, "65 characters"),
    ],
)
def test_what_no_tracking_number_has_is_refused_in_words(typed: str, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        tidy_tracking_number(typed)


def test_sixty_four_characters_are_taken_and_what_stands_between_them_is_not_counted() -> None:
    assert tidy_tracking_number("1 " * 64) == "1" * 64


@given(st.text())
def test_whatever_is_typed_the_number_is_plain_and_stays_so(typed: str) -> None:
    try:
        number = tidy_tracking_number(typed)
    except ValueError:
        return
    assert number.isascii()
    assert number.isalnum()
    assert number == number.upper() == tidy_tracking_number(number)
    assert 1 <= len(number) <= 64
