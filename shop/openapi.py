"""docs/openapi.json as it is served, and as its page shows it. Read once; the database is not asked."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

FILE = Path(__file__).resolve().parent.parent / "docs" / "openapi.json"
METHODS = ("post", "get")
Node = dict[str, Any]


@dataclass(frozen=True)
class Field:
    """A parameter or a member of an object; `link` is the schema that it is made of, "" if it is plain."""

    name: str
    kind: str
    needed: bool
    text: SafeString
    link: str = ""


@dataclass(frozen=True)
class Answer:
    status: str
    text: SafeString
    link: str
    headers: list[str]


@dataclass(frozen=True)
class Example:
    title: str
    text: str


@dataclass(frozen=True)
class Operation:
    """A method at a path. `keys` says in words who may use it."""

    id: str
    method: str
    path: str
    summary: str
    text: SafeString
    keys: SafeString
    fields: list[Field]
    body: str
    answers: list[Answer]
    examples: list[Example]


@dataclass(frozen=True)
class Shape:
    name: str
    text: SafeString
    fields: list[Field]


@lru_cache
def document() -> Node:
    """The whole file."""
    found: Node = json.loads(FILE.read_text(encoding="utf-8"))
    return found


@lru_cache
def operations() -> list[Operation]:
    return [
        _operation(path, method, item)
        for path, item in document()["paths"].items()
        for method in METHODS
        if method in item
    ]


@lru_cache
def shapes() -> list[Shape]:
    """The schemas, in the sequence of the file."""
    schemas: Node = document()["components"]["schemas"]
    return [Shape(name, prose(schema.get("description", "")), _members(schema)) for name, schema in schemas.items()]


def whole(node: Node) -> Node:
    """What a reference leads to; the node itself if it is none."""
    while "$ref" in node:
        found: Any = document()
        for part in node["$ref"].removeprefix("#/").split("/"):
            found = found[part]
        node = found
    return node


def prose(text: str) -> SafeString:
    """A sentence of the file, with what stands in backticks as code."""
    pieces = enumerate(re.split(r"`([^`]*)`", text))
    return format_html_join("", "{}", ((format_html("<code>{}</code>", one) if n % 2 else one,) for n, one in pieces))


def _operation(path: str, method: str, item: Node) -> Operation:
    found: Node = item[method]
    content = found.get("requestBody", {}).get("content", {}).get("application/json", {})
    answers = {status: whole(answer) for status, answer in found["responses"].items()}
    return Operation(
        id=found["operationId"],
        method=method.upper(),
        path=path,
        summary=found["summary"],
        text=prose(found.get("description", "")),
        keys=_keys(found["security"]),
        fields=[_parameter(whole(each)) for each in [*item.get("parameters", []), *found.get("parameters", [])]],
        body=_link(content.get("schema", {})),
        answers=[_answer(status, answer) for status, answer in answers.items()],
        examples=[*_examples("", content), *_good(answers)],
    )


def _keys(security: list[Node]) -> SafeString:
    scopes = [scope for each in security for scope in each.get("apiKey", [])]
    if not scopes:
        return prose("Without a key.")
    guests = "; without a key as far as the shop lets guests do it" if {} in security else ""
    return prose(f"API key with the scope `{scopes[0]}`{guests}.")


def _parameter(found: Node) -> Field:
    where = "" if found["in"] == "query" else f" ({found['in']})"
    needed = found.get("required", False)
    return Field(f"{found['name']}{where}", _kind(found["schema"]), needed, prose(found.get("description", "")))


def _members(schema: Node) -> list[Field]:
    needed = schema.get("required", [])
    return [
        Field(name, _kind(each), name in needed, prose(whole(each).get("description", "")), _link(each))
        for name, each in schema.get("properties", {}).items()
    ]


def _answer(status: str, found: Node) -> Answer:
    schema: Node = next((each["schema"] for each in found.get("content", {}).values()), {})
    return Answer(status, prose(found["description"]), _link(schema), list(found.get("headers", {})))


def _good(answers: Node) -> Iterator[Example]:
    for status, found in answers.items():
        for content in found.get("content", {}).values():
            if status < "300":
                yield from _examples(f"{status} ", content)


def _examples(before: str, content: Node) -> Iterator[Example]:
    for example in content.get("examples", {}).values():
        text = json.dumps(example["value"], indent=2, ensure_ascii=False)
        yield Example(f"{before}{example.get('summary', '')}".strip(), text)


def _link(schema: Node) -> str:
    """The name of the schema that it is, or is a list of."""
    return str(schema.get("$ref") or schema.get("items", {}).get("$ref", "")).rpartition("/")[2]


def _kind(schema: Node) -> str:
    """What a value is, and its limits, in a few words."""
    schema = whole(schema)
    types = [schema["type"]] if isinstance(schema["type"], str) else schema["type"]
    words = [" or ".join(types)]
    words += [", ".join(map(str, schema[name])) for name in ("enum", "x-extensible-enum") if name in schema]
    for name, said in LIMITS.items():
        if name in schema:
            words.append(said.format(schema[name]))
    return "; ".join(words)


LIMITS = {
    "format": "{}",
    "minLength": "at least {} characters",
    "maxLength": "at most {} characters",
    "minimum": "at least {}",
    "maximum": "at most {}",
    "exclusiveMaximum": "less than {}",
    "minItems": "at least {} of them",
    "default": "{} unless you say",
}
