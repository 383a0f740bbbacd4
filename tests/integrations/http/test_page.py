"""What is a page, and what only looks like one."""

import time

import pytest
import requests

from integrations.http.page import looks_like_a_page, page_title

HTML = "<html><head><title>Log on</title></head></html>"
PROLOG = '<?xml version="1.0" encoding="utf-8"?>'
ATOM = "<entry xmlns='http://www.w3.org/2005/Atom'><title>x</title></entry>"


def answered(body: str, content_type: str = "") -> requests.Response:
    response = requests.Response()
    response.status_code = 200
    response._content = body.encode()
    response.headers["Content-Type"] = content_type
    return response


PAGES = {
    "plain": HTML,
    "capitals": HTML.upper(),
    "doctype": "<!DOCTYPE html>" + HTML,
    "doctype alone": "<!doctype html>",
    "mark": "\ufeff \r\n" + HTML,
    "comment": "<!-- portal <html> --> \n<!-- 2 -->" + HTML,
    "open comment": "<!-- cut off on its wa",
    "prolog": PROLOG + HTML,
    "XHTML": PROLOG + '<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Strict//EN" "x">' + HTML,
    "prefix": PROLOG + "<h:html xmlns:h='http://www.w3.org/1999/xhtml'/>",
    "no root": "<title>Log on</title>",
    "script": "<script>location='/login'</script>",
    "form": "\n<form action='/login'></form>",
    "meta": '<meta http-equiv="refresh" content="0; url=/login">',
    "a program's warning": "Warning: no session in /srv/portal.php on line 3\n" + HTML,
    "a sign nobody sees": "\u200b" + HTML,
    "words alone": "<strong>Access denied</strong>",
    "a list of facts": "<dl><dt>Reason</dt><dd>Log on first</dd></dl>",
    "a button": "<button>Log on</button>",
    "Word": "<![if !IE]><html>",
}


@pytest.mark.parametrize("body", PAGES.values(), ids=list(PAGES))
def test_html_is_a_page_whatever_stands_before_it(body: str) -> None:
    assert looks_like_a_page(answered(body, "application/json"))


def test_what_calls_itself_html_is_a_page_if_it_has_tags() -> None:
    assert looks_like_a_page(answered("Please <blink>log on</blink>", "text/html"))
    assert looks_like_a_page(answered(PROLOG + "<portal/>", "application/xhtml+xml"))
    assert not looks_like_a_page(answered("OK", "text/html"))


@pytest.mark.parametrize("content_type", ["application/json", "text/html", ""])
@pytest.mark.parametrize(
    "body",
    [
        *("", "{}", '\ufeff{"d": "<html>"}', '{"d": "<html>', '[{"a": "<b>"}]'),
        *(ATOM, PROLOG + ATOM, "<error><code>1</code></error>", "OK"),
    ],
)
def test_data_is_no_page(body: str, content_type: str) -> None:
    assert not looks_like_a_page(answered(body, content_type))


def test_a_page_is_known_by_its_title_its_heading_or_its_first_words() -> None:
    assert page_title("<title>\n A  b </title><h1>c</h1>") == "web page “A b”"
    assert page_title("<style>x{}</style><h1>c</h1>") == "web page “c”"
    assert page_title("<p>Please <b>log on</b></p><script>var x</script>") == "web page “Please log on”"
    assert page_title("<html></html>") == "web page without a title"
    assert page_title("<![oops[") == "web page without a title"


def test_any_page_is_looked_at_in_time() -> None:
    started = time.monotonic()
    for hostile in ("<!--", "<!-- -->", "<?", "<!x", "<", "<a ", " ", "<![", "\ufeff"):
        looks_like_a_page(answered(hostile * 200_000, "text/html"))
        page_title(hostile * 200_000)
    assert time.monotonic() - started < 10
