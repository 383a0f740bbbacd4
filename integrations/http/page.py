"""Web pages where data was asked for: a login page or a proxy's, never an answer."""

import re
from contextlib import suppress
from html.parser import HTMLParser
from typing import Any

import requests

from integrations.http.body import text_of
from integrations.http.words import whole_words

# What may stand before a page's first tag: comments, an XML prolog, another kind of <!…>.
BEFORE = re.compile(
    r"(?:\s|\ufeff|<!--.*?(?:-->|\Z)|<\?.*?(?:\?>|\Z)|<!(?!doctype\s+html\b)[a-z\[][^>]*>)*", re.S | re.I
)
NAMES = (
    "html|head|body|title|meta|link|base|script|noscript|style|form|frameset|iframe|div|span|main|header|section|nav"
    "|h[1-6]|p|a|b|i|u|br|hr|center|font|table|pre|ul|ol|img|input|svg|object|article|aside|big|blink|blockquote|button"
    "|dd|dl|dt|em|embed|fieldset|figure|footer|frame|label|legend|li|marquee|noframes|select|small|strong|sub|sup"
    "|tbody|td|template|textarea|th|thead|tr|tt|video"
)
PAGE = re.compile(rf"<!doctype\s+html\b|<(?:[\w-]+:)?(?:{NAMES})(?=[\s/>]|\Z)", re.IGNORECASE)
DATA = re.compile(r"[\[{\"]|<(?:[\w-]+:)?(?:entry|feed|error|service|edmx|notification)(?=[\s/>]|\Z)", re.IGNORECASE)
# A page that begins otherwise: after a program's warning, or a sign that nobody sees.
ANYWHERE = re.compile(r"<!doctype\s+html\b|<(?:[\w-]+:)?html(?=[\s/>])", re.IGNORECASE)
TAG = re.compile(r"<[/!]?[a-z][^<>]*>", re.IGNORECASE)
READ = 20_000  # characters of a page
TITLE = 200  # characters


def looks_like_a_page(response: requests.Response) -> bool:
    """True for HTML, whatever stands before it, and for what calls itself HTML and has tags in it."""
    text = text_of(response)
    start = BEFORE.match(text)
    rest = text[start.end() :] if start else text
    if PAGE.match(rest) or (not rest and "<!--" in text):
        return True
    if DATA.match(rest):
        return False
    called_so = "html" in response.headers.get("Content-Type", "").lower()
    return ANYWHERE.search(text) is not None or (called_so and TAG.search(rest[:READ]) is not None)


def page_title(html: str) -> str:
    """A page's title (or first heading), else its first words."""
    parser = _Page()
    with suppress(AssertionError):  # Malformed <![…]> sections.
        parser.feed(html[:READ])
    if title := parser.title or " ".join(" ".join(parser.words).split()):
        return f"web page “{whole_words(title, TITLE)}”"
    return "web page without a title"


class _Page(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.title = ""
        self.words: list[str] = []
        self._open = ""

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        self._open = tag

    def handle_endtag(self, tag: str) -> None:
        self._open = ""

    def handle_data(self, data: str) -> None:
        said = " ".join(data.split())
        if self._open in ("title", "h1") and not self.title:
            self.title = said
        elif self._open not in ("script", "style"):
            self.words.append(said)
