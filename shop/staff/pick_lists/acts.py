"""What people do with pick lists: make the next one, end one."""

from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.views.decorators.http import require_POST

from orders import pick_lists
from orders.models import Order, PickList
from orders.models.pick_list import TO_PICK
from printing import STEP, list_answers, list_jobs
from printing.choosing import configured_printer
from shop.staff import held
from shop.staff.admin.confirmation import Question, back, confirmed, counted

NOTHING = "No order waits for a pick list: those that are to be packed are on one, or their slips are not out yet."


@require_POST
def make_next(request: HttpRequest) -> HttpResponse:
    """A list of the oldest orders to pack, and the way to it."""
    made = pick_lists.take_next(by=request.user.get_username())
    if made is None:
        messages.info(request, NOTHING)
        return redirect("desk:picklists")
    return redirect("desk:picklist", pk=made.pk)


@require_POST
def print_it(request: HttpRequest, pk: int) -> HttpResponse:
    """Has a copy printed at the printer that was chosen. A worker sends it, so the page says what will be."""
    this = get_object_or_404(PickList, pk=pk)
    wanted = request.POST.get("printer", "")
    printers = list_jobs.printers_for_lists()
    printer = next((one for one in printers if str(one.pk) == wanted), printers[0] if printers else None)
    try:
        job = list_jobs.ask_for(this.pk, printer or configured_printer(), by=request.user.get_username())
    except ValueError as error:
        messages.warning(request, str(error))
    else:
        if why := held.why_all().get(STEP):
            messages.warning(request, f"{job} is to go to {job.printer}, but held: {why}.")
        else:
            messages.success(request, f"{job} goes to {job.printer}: within some seconds, once it takes it.")
    return redirect("desk:picklist", pk=this.pk)


@require_POST
def found(request: HttpRequest, pk: int) -> HttpResponse:
    """Somebody has the paper that the desk misses: nobody is asked to look for it any more."""
    this = get_object_or_404(PickList, pk=pk)
    try:
        job = list_answers.found(this.pk, by=request.user.get_username())
    except ValueError as error:
        messages.warning(request, str(error))
    else:
        messages.success(request, f"{job}: noted. You have it on paper.")
    page = reverse("desk:picklist", args=[this.pk])
    return redirect(back(request) if "back" in request.POST else page)


def end(request: HttpRequest, pk: int) -> HttpResponse:
    """Asks, and ends a list: its unpacked orders may go on another one."""
    this = get_object_or_404(PickList, pk=pk)
    if not (request.method == "POST" and confirmed(request)):
        return _ask(request, this)
    left = pick_lists.end(pk, by=request.user.get_username())
    this.refresh_from_db()
    messages.success(request, f"{this} is ended. {counted(len(left), 'order')} may go on the next list.")
    return redirect("desk:picklists")


def _ask(request: HttpRequest, this: PickList) -> HttpResponse:
    left = Order.objects.filter(pick_list_entries__pick_list=this, status__in=TO_PICK).order_by("pk")
    question = Question(
        title=f"End {this}?",
        sentence="Nobody picks by it any more. Those of its orders that are not packed may go on the next list:",
        yes=f"Yes, end {this}",
        items=[(order.number, order.customer_name) for order in left],
    )
    context = {
        **admin.site.each_context(request),
        "title": question.title,
        "question": question,
        "opts": Order._meta,
        "back": reverse("desk:picklist", args=[this.pk]),
    }
    return TemplateResponse(request, "staff/confirm.html", context)
