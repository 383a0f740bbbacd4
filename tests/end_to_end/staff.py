"""Staff at a desk's site: they log on, and press its buttons as a browser does."""

from typing import Any

import requests

from tests.end_to_end.command import run
from tests.end_to_end.desk import TestDesk

PASSWORD = "four-bags-of-oats-7"


class Staff:
    """One who may do everything."""

    def __init__(self, desk: TestDesk) -> None:
        about = {"DJANGO_SUPERUSER_PASSWORD": PASSWORD}
        code, said = run(desk, "createsuperuser", "--noinput", "--username=ada", "--email=", **about)
        assert code == 0, said
        self.site, self.browser = f"{desk.url}/admin", requests.Session()
        self.send("/login/", username="ada", password=PASSWORD, next="/admin/")

    def send(self, path: str, **form: Any) -> str:
        """Fills in a form; returns the page that comes."""
        url = f"{self.site}{path}"
        self.browser.get(url, timeout=30).raise_for_status()
        data = {"csrfmiddlewaretoken": self.browser.cookies["csrftoken"], **form}
        answer = self.browser.post(url, data, headers={"Referer": url}, timeout=30)
        answer.raise_for_status()
        return answer.text

    def act(self, action: str, order: int) -> str:
        """An action of the list of orders, for one of them, with its question answered by yes."""
        return self.send(
            "/orders/order/", action=action, _selected_action=order, confirmed="yes", reason="Ordered twice."
        )

    def ship(self, order: int, *parcels: tuple[str, str]) -> str:
        """Marks it as shipped with these parcels: carriers and tracking numbers."""
        rows: dict[str, str] = {}
        for row in range(1, 4):
            carrier, number = parcels[row - 1] if row <= len(parcels) else (parcels[0][0], "")
            rows |= {f"{row}-carrier": carrier, f"{row}-tracking_number": number}
        return self.send(f"/orders/order/{order}/parcels/", **rows, ship="")
