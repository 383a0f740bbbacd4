"""The slip of an order as it came out last, drawn again for the page."""

from http import HTTPStatus

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404

from orders.models import Order
from orders.steps import StepError
from printing.choosing import configured_printer
from printing.documents import slip
from printing.models import PrintJob
from shop.staff import paper


def slip_of(request: HttpRequest, pk: int) -> HttpResponse:
    """The latest copy, on its printer's paper; before there is one, as the first would be."""
    order = get_object_or_404(Order.objects.prefetch_related("lines__product"), pk=pk)
    job = PrintJob.objects.filter(order=order).select_related("printer").order_by("-revision", "-copy").first()
    revision, copy, printer = (job.revision, job.copy, job.printer) if job else (1, 1, configured_printer())
    try:
        drawn = slip.render(order, revision=revision, copy=copy, paper=printer.paper)
    except (ValueError, StepError) as error:
        return paper.said(str(error), HTTPStatus.INTERNAL_SERVER_ERROR)
    return paper.pdf(drawn.content, order.number)
