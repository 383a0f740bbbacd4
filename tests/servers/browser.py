"""A real browser: Debian's Chromium, driven by Playwright. Fixtures in tests/conftest.py: `window`, `sign_in`.

    def test_the_page_opens(window: Window, live_server: LiveServer) -> None:
        window.page.goto(f"{live_server}/admin/")
        assert window.findings() == []

A window notes what a visitor would not see: errors on the console (violations of the Content-Security-Policy are such),
uncaught exceptions, requests to other hosts. The test fails for them at its end; `window.allowed` names those it means.
"""

import asyncio
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.resources import files
from typing import Any, Literal
from urllib.parse import urlsplit

from playwright._impl import _sync_base
from playwright.sync_api import Browser, BrowserContext, Page, Request, sync_playwright

from shop.quickstart.processes import StartFailed

PROGRAMS = ("chromium", "chromium-browser", "google-chrome")
OURS = {"127.0.0.1", "localhost", "::1"}
FLAGS = [
    "--no-sandbox",  # It refuses to run as root otherwise; all it opens is ours.
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    # Nothing leaves the machine, whatever a page asks for.
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
]
STICKING_OUT = """() => {
    const wide = document.documentElement.clientWidth + 1, out = e => e.getBoundingClientRect().right > wide;
    const scrolls = e => e && (getComputedStyle(e).overflowX !== 'visible' || scrolls(e.parentElement));
    return [...document.body.querySelectorAll('*')].filter(e => out(e) && ![...e.children].some(out)
        && !scrolls(e.parentElement.closest('body *'))).slice(0, 4)
        .map(e => `${e.tagName}#${e.id}.${e.className} ${e.textContent.trim().slice(0, 30)}`).join('; ');
}"""
Scheme = Literal["light", "dark"]


def program() -> str:
    """The path of Chromium. Raises StartFailed where it is not installed."""
    if found := next(filter(None, map(shutil.which, PROGRAMS)), None):
        return found
    raise StartFailed("Chromium was not found; see bin/test.")


class Window:
    """A page with cookies of its own, and what went wrong in it."""

    def __init__(self, browser: Browser, *, width: int = 1440, height: int = 900, scheme: Scheme = "light") -> None:
        self.context: BrowserContext = browser.new_context(
            viewport={"width": width, "height": height}, color_scheme=scheme, locale="en-GB", reduced_motion="reduce"
        )
        self.context.set_default_timeout(15_000)  # milliseconds
        self.allowed: list[str] = []  # pieces of complaints that the test expects
        self._complaints: list[str] = []
        self.context.on("request", self._requested)
        self.context.on("console", lambda message: self._said(message.type, message.text))
        self.context.on("weberror", lambda error: self._complaints.append(f"uncaught: {error.error}"))
        self.page: Page = self.context.new_page()

    def _requested(self, request: Request) -> None:
        url = urlsplit(request.url)
        # The browser's own PDF viewer is made of pages, too, which no host has.
        if url.hostname and url.hostname not in OURS and not url.scheme.startswith("chrome"):
            self._complaints.append(f"a foreign host was asked: {request.url}")

    def _said(self, kind: str, text: str) -> None:
        if kind == "error" or "Content Security Policy" in text:
            self._complaints.append(f"console: {text}")

    @property
    def complaints(self) -> list[str]:
        """What went wrong until now, but for what is allowed."""
        return [line for line in self._complaints if not any(piece in line for piece in self.allowed)]

    def resize(self, width: int, height: int = 900) -> None:
        self.page.set_viewport_size({"width": width, "height": height})

    def switch_to(self, scheme: Scheme) -> None:
        """Light or dark, as the visitor's system says."""
        self.page.emulate_media(color_scheme=scheme)

    def overflow(self) -> int:
        """By how many CSS pixels the page is wider than the window: nobody should have to scroll sideways."""
        return int(self.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth"))

    def widest(self) -> str:
        """The innermost elements that stick out of the window, for whoever must mend it."""
        return str(self.page.evaluate(STICKING_OUT))

    def findings(self) -> list[str]:
        """What axe-core calls serious or critical on the page, a line each. https://dequeuniversity.com/rules/axe/"""
        if not self.page.evaluate("typeof axe !== 'undefined'"):
            self.page.evaluate(files("axe_playwright_python").joinpath("axe.min.js").read_text())
        # Colours on their way from light to dark are neither.
        self.page.evaluate("Promise.all(document.getAnimations().map(animation => animation.finished))")
        # Without `preload`, for which it would add a style sheet that a strict policy refuses.
        answer = self.page.evaluate("axe.run(document, {resultTypes: ['violations'], preload: false})")
        return [
            line for rule in answer["violations"] if rule["impact"] in ("serious", "critical") for line in told(rule)
        ]

    def close(self) -> None:
        self.context.close()


def told(rule: dict[str, Any]) -> Iterator[str]:
    for node in rule["nodes"]:
        why = " ".join(node["failureSummary"].split())
        yield f"{rule['id']} ({rule['impact']}) at {node['target'][0]}: {why}"


class Chromium:
    """One browser for all tests of a session; windows are cheap."""

    def __init__(self) -> None:
        with _in_loop(asyncio._get_running_loop()):
            self._playwright = sync_playwright().start()
            self._loop = asyncio.get_running_loop()
        # Its profile is a new folder each time, and gone afterwards.
        self.browser = self._playwright.chromium.launch(executable_path=program(), headless=True, args=FLAGS)

    def stop(self) -> None:
        self.browser.close()
        with _in_loop(self._loop):
            self._playwright.stop()


@contextmanager
def _in_loop(loop: Any) -> Iterator[None]:
    before = asyncio._get_running_loop()
    asyncio._set_running_loop(loop)
    try:
        yield
    finally:
        asyncio._set_running_loop(before)


def _wait(loop: asyncio.AbstractEventLoop, dispatcher_fiber: Any, future: "asyncio.Future[Any]") -> None:
    """Playwright's event loop counts as running during its own calls alone.

    As Playwright has it, it does for ever after the first call, and Django then refuses the database, as it does in
    asynchronous code, or opens a second connection beside the test's.
    """
    with _in_loop(loop):
        _wait_as_playwright_does(loop, dispatcher_fiber, future)


_wait_as_playwright_does = _sync_base.wait_for_future
_sync_base.wait_for_future = _wait


@contextmanager
def started() -> Iterator[Chromium]:
    """Raises StartFailed where there is no Chromium."""
    program()
    chromium = Chromium()
    try:
        yield chromium
    finally:
        chromium.stop()
