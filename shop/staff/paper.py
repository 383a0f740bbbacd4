"""Documents in a page: the answer that is a PDF, and the policy that lets a page show it."""

from typing import TypeVar

from django.http import HttpResponse, HttpResponseBase

from shop.policy import PAPER, WITH_PAPER

Page = TypeVar("Page", bound=HttpResponseBase)


def pdf(content: bytes, name: str) -> HttpResponse:
    """A PDF that the browser shows, in a frame of a page of ours or alone; `name` without its ending."""
    answer = HttpResponse(content, content_type="application/pdf")
    answer["Content-Disposition"] = f'inline; filename="{name}.pdf"'
    return framed(answer)


def said(sentence: str, status: int) -> HttpResponse:
    """What stands in the frame instead of a document: why there is none."""
    return framed(HttpResponse(sentence, content_type="text/plain; charset=utf-8", status=status))


def framed(answer: HttpResponse) -> HttpResponse:
    answer["Content-Security-Policy"] = PAPER
    answer["X-Frame-Options"] = "SAMEORIGIN"
    answer["Cache-Control"] = "no-store"
    return answer


def with_paper(page: Page) -> Page:
    """The page, which may show PDFs of ours in a frame."""
    page.headers["Content-Security-Policy"] = WITH_PAPER
    return page
