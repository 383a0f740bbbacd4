"""How programs use the desk: docs/api.md, the schema for programs, and a page that shows the schema to people."""

import hashlib
from functools import lru_cache
from http import HTTPStatus
from pathlib import Path

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render

from orders.api.conditional import unchanged
from orders.api.problems import PreconditionFailed, answer
from orders.api.reading import only_read
from shop.openapi import FILE, document, operations, prose, shapes

API_DOCS = Path(__file__).resolve().parent.parent / "docs" / "api.md"
PUBLIC = "public, max-age=3600"


@only_read
def api_docs(request: HttpRequest) -> HttpResponse:
    """docs/api.md as it is: text that a browser shows."""
    return HttpResponse(API_DOCS.read_bytes(), content_type="text/plain; charset=utf-8")


@only_read
def schema(request: HttpRequest) -> HttpResponseBase:
    """docs/openapi.json as it is; an empty 304 for who has it."""
    text, tag = _schema()
    try:
        response = unchanged(request, tag) or HttpResponse(text, content_type="application/json")
    except PreconditionFailed as error:
        return answer(HTTPStatus(error.status_code), str(error.detail))
    response["ETag"], response["Cache-Control"] = tag, PUBLIC
    return response


@lru_cache
def _schema() -> tuple[bytes, str]:
    text = FILE.read_bytes()
    return text, f'"{hashlib.sha256(text).hexdigest()[:32]}"'


@only_read
def schema_page(request: HttpRequest) -> HttpResponse:
    info = document()["info"]
    about = [prose(part) for part in info["description"].split("\n\n")]
    shown = {"info": info, "about": about, "operations": operations(), "shapes": shapes()}
    response = render(request, "openapi.html", shown)
    response["Cache-Control"] = PUBLIC
    return response
