"""XML as nested dicts and lists, in the shape that JSON has: SAP answers in XML when a proxy drops our Accept header.

Names come without their prefix. An element without children is its text; one name several times makes a list.
"""

from typing import Any
from xml.parsers import expat


class Markup:
    """Reads as far as it is well-formed: `tree` has what there was, `complete` says whether that was all."""

    def __init__(self, text: str) -> None:
        self.tree: dict[str, Any] = {}
        self.complete = False
        self._open: list[tuple[str, dict[str, Any], list[str]]] = [("", self.tree, [])]
        self._read(text)

    def _read(self, text: str) -> None:
        parser = expat.ParserCreate()
        parser.buffer_text = True
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = lambda data: self._open[-1][2].append(data)
        parser.StartDoctypeDeclHandler = _no_document_type
        try:
            parser.Parse(text.strip(), True)
            self.complete = True
        except (expat.ExpatError, ValueError):
            while len(self._open) > 1:
                self._end("")

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        kept = {
            f"@{_local(key)}": value for key, value in attributes.items() if _local(key) in ("etag", "href", "type")
        }
        self._open.append((_local(name), kept, []))

    def _end(self, _: str) -> None:
        name, content, texts = self._open.pop()
        has_children = any(not key.startswith("@") for key in content)
        value: Any = content if has_children else "".join(texts).strip()
        parent = self._open[-1][1]
        if name not in parent:
            parent[name] = value
        elif isinstance(parent[name], list):
            parent[name].append(value)
        else:
            parent[name] = [parent[name], value]


def _local(name: str) -> str:
    return name.rpartition(":")[2]


def _no_document_type(*_: Any) -> None:
    raise ValueError("OData has no document types; they can make an answer that never ends.")
