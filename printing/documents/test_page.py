"""A page that shows whether a printer prints what slips need: codes, scripts, grey, the whole width of the paper."""

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.translation import pgettext

from orders import overlay
from printing.documents import codes
from printing.documents.paper import DOT, SHEETS
from printing.documents.pdf import make_pdf
from printing.models import Printer
from printing.reach import reach


def render(printer: Printer) -> bytes:
    """Raises Permanent if a template of the shop's own has an error."""
    text, sheet = "TEST-PAGE", SHEETS[printer.paper]
    facts = {
        "shop": settings.SHOP_NAME,
        "printer": printer,
        "qr": codes.qr(text),
        "code128": codes.code128(text),
        "sheet": sheet,
        "bars": codes.dots(text, sheet.inner / DOT) * DOT,
    }
    try:
        with translation.override(settings.SHOP_LANGUAGE):
            html = render_to_string("printing/test_page.html", facts)
            title = pgettext("paper", "Test page")
            return make_pdf(html, title=title, footer=f"{title} · {printer.name}").content
    except Exception as error:
        overlay.blame(error)
        raise


def send(printer: Printer) -> str:
    """Hands a test page to the printer; returns the printer's number for it. Raises the StepErrors of sending."""
    queue = reach(printer)
    name = f"test-page-{timezone.now():%Y%m%d-%H%M%S-%f}/r1/c1"
    return queue.send(name, render(printer), lambda: None, SHEETS[printer.paper].media)
