"""A tablet without JavaScript: it fills in the form of the page that it shows, and presses Enter or a button."""

import html
import re
from typing import Any

from django.test import Client

HIDDEN = re.compile(r'<input type="hidden" name="(\w+)" value="([^"]*)"')


class Tablet:
    def __init__(self, client: Client, place: str = "/desk/pack") -> None:
        self.client = client
        self.page: Any = client.get(place)

    @property
    def text(self) -> str:
        """What the page says, without its tags."""
        main = self.page.text.partition("<main")[2]
        return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", main)).split())

    @property
    def bars(self) -> list[str]:
        """The sentences at the top: what became of the scan, what is wrong with the order."""
        found = re.findall(r'<p class="pack-bar (?![^>]*hidden)[^>]*>(.*?)</p>', self.page.text, re.S)
        return [" ".join(html.unescape(re.sub(r"<[^>]+>", " ", bar)).split()) for bar in found]

    @property
    def sound(self) -> str:
        return re.search(r'data-sound="(\w*)"', self.page.text)[1]  # type: ignore[index]

    @property
    def number(self) -> str:
        """The order on the screen; empty if there is none."""
        found = re.search(r'<section class="pack-order" aria-label="Order ([^"]+)"', self.page.text)
        return found[1] if found else ""

    @property
    def form(self) -> dict[str, str]:
        form = self.page.text.partition('id="scan"')[2].partition("</form>")[0]
        return {name: html.unescape(value) for name, value in HIDDEN.findall(form)}

    @property
    def action(self) -> str:
        return re.search(r'id="scan" action="([^"]+)"', self.page.text)[1]  # type: ignore[index]

    def scan(self, code: str = "", act: str = "scan", **more: str) -> "Tablet":
        """A scan, or Enter alone; or a button. `more` replaces what stands in the form."""
        self.page = self.client.post(self.action, self.form | {"code": code, "act": act} | more, follow=True)
        return self

    def press(self, act: str) -> "Tablet":
        """The button whose value begins so."""
        found = re.search(rf'name="act" value="({act}[^"]*)"', self.page.text)
        assert found, f"there is no button {act}"
        return self.scan(act=found[1])
