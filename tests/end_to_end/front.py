"""A shop front with an API key."""

from typing import Any

import requests

from tests.end_to_end.command import run
from tests.end_to_end.desk import TestDesk


class Front:
    def __init__(self, desk: TestDesk, client: str = "webfront") -> None:
        code, said = run(desk, "api_key", "create", client)
        assert code == 0, said
        self.desk, self.headers = desk, {"Authorization": f"Bearer {said[0]}"}

    def ask_for(self, order: Any, **headers: str) -> tuple[int, dict[str, Any]]:
        """Status and answer."""
        named = self.headers | {name.replace("_", "-"): value for name, value in headers.items()}
        answer = requests.post(f"{self.desk.url}/order", json=order, headers=named, timeout=60)
        return answer.status_code, answer.json()

    def post(self, order: Any) -> str:
        """Places an order; returns its number."""
        status, answer = self.ask_for(order)
        assert status == 201, answer
        return str(answer["order_num"])

    def get(self, number: str) -> dict[str, Any]:
        answer = requests.get(f"{self.desk.url}/order/{number}", headers=self.headers, timeout=30)
        found: dict[str, Any] = answer.json()
        return found
