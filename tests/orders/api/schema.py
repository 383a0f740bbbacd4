"""docs/openapi.json as a judge: an answer has nothing that is not in it."""

import re
from functools import lru_cache
from typing import Any

from django.test import Client
from jsonschema import Draft202012Validator, FormatChecker

from shop.openapi import document, whole

Node = dict[str, Any]


class CheckedClient(Client):
    """A test client that compares each answer of the API with the schema."""

    def request(self, **request: Any) -> Any:
        response = super().request(**request)
        check(str(request["REQUEST_METHOD"]), str(request["PATH_INFO"]), response)
        return response


def check(method: str, path: str, response: Any) -> None:
    """Raises AssertionError for a status, a header or a field that the schema does not have. Other addresses pass."""
    item = found(path)
    if item is None or method == "OPTIONS":
        return
    where = f"{method} {path}: {response.status_code}"
    declared = answer(item, "get" if method == "HEAD" else method.lower(), response.status_code)
    assert declared is not None, f"{where} is not in the schema"
    told = {name for name in document()["components"]["headers"] if name in response.headers}
    # `Allow` is REST framework's, in every answer; `Vary` may be anything's.
    missing = told - declared["headers"].keys() - {"Allow", "Vary"}
    assert not missing, f"{where} has headers that are not in the schema: {missing}"
    assert "Request-Id" in told, where
    if response.content:
        content = declared["content"][response["Content-Type"].partition(";")[0]]
        wrong = [error.message for error in judge(content["schema"]).iter_errors(response.json())]
        assert not wrong, f"{where} is not as the schema says: {wrong}"


def found(path: str) -> Node | None:
    """The addresses' description."""
    for template, item in document()["paths"].items():
        if re.fullmatch(re.sub(r"\\\{\w+\\\}", "[^/]+", re.escape(template)), path):
            described: Node = item
            return described
    return None


def answer(item: Node, method: str, status: int) -> Node | None:
    if method not in item:
        return whole({"$ref": "#/components/responses/MethodNotAllowed"}) if status == 405 else None
    told = item[method]["responses"].get(str(status))
    return None if told is None else whole(told)


def judge(schema: Node) -> Draft202012Validator:
    return _judge(schema["$ref"])


@lru_cache
def _judge(reference: str) -> Draft202012Validator:
    return Draft202012Validator(closed({"$ref": reference}), format_checker=FormatChecker())


def closed(schema: Any) -> Any:
    """The same without references; its objects have no other members, and its lists of today's values are whole."""
    if isinstance(schema, list):
        return [closed(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    shut = {name: closed(each) for name, each in whole(schema).items()}
    if "properties" in shut:
        shut["additionalProperties"] = False
    if "x-extensible-enum" in shut:
        shut["enum"] = shut["x-extensible-enum"]
    return shut
