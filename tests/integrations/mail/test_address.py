"""What is an address, and what could end a line of SMTP."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from integrations.mail.address import Malformed, read_address
from orders.contact import email_fault
from orders.request import text_fault, tidy


@pytest.mark.parametrize(
    ("text", "local", "domain"),
    [
        ("helgi@example.com", "helgi", "example.com"),
        ("O'Neill+shop.x@mail.example.co.uk", "O'Neill+shop.x", "mail.example.co.uk"),
        ("helgi@BÜCHER.example", "helgi", "xn--bcher-kva.example"),
        ("用户@例え.jp", "用户", "xn--r8jz45g.jp"),
        ("root@localhost", "root", "localhost"),
    ],
)
def test_an_address_is_read(text: str, local: str, domain: str) -> None:
    found = read_address(text)
    assert (found.local, found.domain) == (local, domain)
    assert found.needs_utf8 == (not local.isascii())


LETTERS = "abcXYZ0189.-+_'\"@ äßпн例\u0301\u200d\u00ad[]"


@given(st.builds("{}@{}.{}".format, *[st.text(LETTERS, min_size=1, max_size=70)] * 2, st.text(LETTERS, min_size=1)))
@example(f"{'a' * 64}@{'b' * 60}.{'b' * 60}.{'b' * 51}.de")
@example(f"{'a' * 65}@b.example")
@example(f"{'a' * 64}@{'.'.join(['ÿ' * 40] * 4)}.example")
@example("a@xn--a.example")
@example("a@b1--c.example")
@example("A@Example.COM")
def test_what_an_order_is_taken_with_can_be_sent_to(text: str) -> None:
    text = tidy(text)
    if not (text_fault(text) or email_fault(text)):
        assert str(read_address(text)).isascii()


NONE = [
    "", "@", "a@", "@b.example", "a b@c.example", "a.@c.example", ".a@c.example", "a..b@c.example", '"a b"@c.example',
    "a@b..c", "a@[127.0.0.1]", "a@-b.example", f"{'a' * 65}@b.example", f"a@{'b' * 64}.example", "a,b@c.example",
    "a@b.example\n", "a\r@b.example", "a\0@b.example", "a@b.example>", "a\u202eb@c.example", "a\u00a0b@c.example",
]  # fmt: skip


@pytest.mark.parametrize("text", NONE)
def test_what_is_none_is_refused(text: str) -> None:
    with pytest.raises(Malformed):
        read_address(text)


@given(
    st.text(max_size=30).map(lambda text: f"{text}@example.com") | st.text(max_size=30).map(lambda text: f"a@{text}")
)
@example("a\u2028@example.com")
@example("a\x85@example.com")
def test_nothing_that_is_read_ends_a_line_or_a_path(text: str) -> None:
    try:
        found = str(read_address(text))
    except Malformed:
        return
    assert found.isprintable()
    assert not set(found) & set(' <>,;:"()[]\\')
    assert found.count("@") == 1
    assert len(found.split()) == 1
