"""What staff see of pick lists. Whoever may look at orders may look at them."""

from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from django.contrib import admin
from django.core.paginator import Paginator
from django.db.models import Count, Min, Q, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.utils.safestring import SafeString

from orders import lifecycle, pick_lists
from orders.database import clock
from orders.models import Order, PickList, PickListEntry
from orders.models.pick_list import MOST_ORDERS, TO_PICK
from orders.steps import StepError
from printing import list_answers, list_jobs
from printing.choosing import configured_printer
from printing.documents import pick_list
from printing.models import ListJob, PrintJob
from shop.staff import paper
from shop.staff.admin.badges import badge
from shop.staff.admin.print_job import COLOURS

View = Callable[..., HttpResponseBase]
A_PAGE = 50  # lists that are done
MOST_OPEN = 200  # lists that are shown; nobody walks so many at once
MOST_PRINTS = 10
MOST_COUNTED = 1000  # orders to pack: beyond that nobody needs the exact number


def all_lists(request: HttpRequest) -> HttpResponse:
    """The open ones, the way to the next, and those that are done."""
    open_lists = pick_lists.are_open(PickList.objects.all())
    done = counted(PickList.objects.exclude(pk__in=open_lists.order_by().values("pk")))
    context = {
        "title": "Pick lists",
        "open": list(counted(open_lists)[:MOST_OPEN]),
        "done": Paginator(done, A_PAGE).get_page(request.GET.get("page")),
        **waiting(),
    }
    return page(request, "staff/pick_lists.html", context)


def waiting() -> dict[str, Any]:
    """How many orders to pack are on no list, since when the oldest waits, and how many the next list would take."""
    orders = pick_lists.free(lifecycle.to_pack(Order.objects.all())).order_by("pk")[:MOST_COUNTED]
    found = orders.aggregate(count=Count("pk"), oldest=Min("created_at"))
    count = found["count"]
    return {
        "waiting": f"{count}+" if count == MOST_COUNTED else count,
        "oldest": found["oldest"],
        "next": min(count, MOST_ORDERS),
    }


def counted(lists: QuerySet[PickList]) -> QuerySet[PickList]:
    """With `size`, and how many of its orders are `gone`: packed, shipped or cancelled."""
    gone = Count("entries", filter=~Q(entries__order__status__in=TO_PICK))
    return lists.annotate(size=Count("entries"), gone=gone).order_by("-pk")


def one_list(request: HttpRequest, pk: int) -> HttpResponse:
    """Its orders, box by box, and its paper."""
    this = get_object_or_404(PickList, pk=pk)
    boxes = entries(this)
    left = [] if this.ended_at else [entry for entry in boxes if entry.to_pick]
    rows = [(entry, badge(entry.order.status), pick_list.Box(entry.letter, entry.order)) for entry in boxes]
    printed = prints(this)
    context = {
        "title": str(this),
        "list": this,
        "rows": rows,
        "left": len(left),
        "size": len(boxes),
        "prints": printed,
        "is_missing": bool(printed) and printed[0][0].state in list_answers.MISSING,
        "printers": list_jobs.printers_for_lists() if left else [],
    }
    shown = page(request, "staff/pick_list.html", context)
    paper.with_paper(shown)
    return shown


def prints(this: PickList) -> list[tuple[ListJob, SafeString]]:
    """What became of its copies, the newest first."""
    found = this.print_jobs.select_related("printer", "pick_list")[:MOST_PRINTS]
    return [(job, badge(COLOURS[PrintJob.State(job.state)], job.get_state_display())) for job in found]


def entries(this: PickList) -> list[PickListEntry]:
    return list(this.entries.select_related("order").prefetch_related("order__lines__product"))


def paper_of(request: HttpRequest, pk: int) -> HttpResponse:
    """The list as PDF: what is still to pick, in the boxes that it has had from the start."""
    this = get_object_or_404(PickList, pk=pk)
    left = [] if this.ended_at else [entry for entry in entries(this) if entry.to_pick]
    if not left:
        return paper.said(f"Nothing is left to pick of {this}.", HTTPStatus.CONFLICT)
    try:
        drawn = list_jobs.draw(this, left, paper_name=configured_printer().paper)
    except (ValueError, StepError) as error:
        return paper.said(str(error), HTTPStatus.INTERNAL_SERVER_ERROR)
    return paper.pdf(drawn.content, this.number)


def page(request: HttpRequest, template: str, context: dict[str, Any]) -> TemplateResponse:
    """In the desk's clothes, with the time by which it tells how long ago something was."""
    return TemplateResponse(request, template, {**admin.site.each_context(request), "now": clock.now(), **context})
