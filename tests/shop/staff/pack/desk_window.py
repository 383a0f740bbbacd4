"""The pack station in Chromium, by the keyboard alone: a scan is typed text and Enter."""

import re
from collections.abc import Sequence

from playwright.sync_api import Route, expect

from tests.servers.browser import Window

expect.set_options(timeout=15_000)  # milliseconds
# A machine that runs many tests at once answers late: the page waits longer than it does for people.
PATIENT = """AbortSignal.asGiven = AbortSignal.timeout;
AbortSignal.patient = milliseconds => AbortSignal.asGiven.call(AbortSignal, milliseconds * 6);
AbortSignal.timeout = AbortSignal.patient;"""


class Station:
    def __init__(self, window: Window, url: str) -> None:
        self.window, self.page, self.url = window, window.page, url
        self.page.add_init_script(PATIENT)
        self.page.goto(f"{url}/desk/pack")

    def be_impatient(self) -> None:
        """As for people."""
        self.page.evaluate("AbortSignal.timeout = AbortSignal.asGiven")

    def be_patient(self) -> None:
        """As it was before."""
        self.page.evaluate("AbortSignal.timeout = AbortSignal.patient")

    def hold(self, method: str = "POST") -> list[Route]:
        """The next scan waits where it is going until the test lets it go on; "GET": the next look for others' scans.

        By its method, as the page looks by itself whenever its five seconds are over.
        """
        held: list[Route] = []

        def meet(route: Route) -> None:
            if held or route.request.method != method:
                route.fallback()
            else:
                held.append(route)

        self.page.route("**/desk/pack/**", meet)
        return held

    def until(self, held: Sequence[Route]) -> Route:
        """Waits until something is held."""
        for _ in range(750):
            if not held:
                self.page.wait_for_timeout(20)  # milliseconds, in which requests are heard of
        return held[0]

    def scan(self, *codes: str, end: str = "Enter") -> None:
        """As a scanner types: without a pause."""
        for code in codes:
            self.page.keyboard.type(code)
            self.page.keyboard.press(end)

    def press(self, key: str) -> None:
        self.page.keyboard.press(key)

    def says(self, *texts: str) -> None:
        """Waits until the page shows each of them."""
        for text in texts:
            expect(self.page.locator("main")).to_contain_text(text)

    def says_no(self, text: str) -> None:
        expect(self.page.locator("main")).not_to_contain_text(text)

    def shows(self, number: str) -> None:
        """Waits until this order is on the screen; "": none."""
        if number:
            expect(self.page.locator("h2 .pack-number")).to_have_text(number)
        else:
            expect(self.page.locator(".pack-head")).to_have_count(0)

    def beeped(self, kind: str) -> None:
        expect(self.page.locator("html")).to_have_attribute("data-beep", re.compile(f"^{kind} "))

    def is_ready(self) -> None:
        """The field has the focus and is empty, and the page fits."""
        expect(self.page.locator("#code")).to_be_focused()
        expect(self.page.locator("#code")).to_have_value("")
        assert self.window.overflow() == 0, self.window.widest()
