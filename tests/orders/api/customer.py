"""A customer's program, as far as a test needs one."""

import json
from typing import Any

from django.test import Client


class Shop:
    """The API as a customer's program sees it."""

    def __init__(self) -> None:
        self.client = Client(raise_request_exception=False)

    def post(self, body: Any, content_type: str = "application/json", **headers: str) -> Any:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        return self.client.generic("POST", "/order", data, content_type, headers=named)

    def get(self, number: str, **headers: str) -> Any:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.client.get(f"/order/{number}", headers=named)
