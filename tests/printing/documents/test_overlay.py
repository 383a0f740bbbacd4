"""A shop's own templates for paper: `SHOP_TEMPLATES`."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from celery.exceptions import SoftTimeLimitExceeded
from django.db import OperationalError
from django.template import TemplateDoesNotExist, autoreload
from django.template.loader import get_template
from pytest_django import Settings

from orders.models import Order
from orders.steps import Permanent
from orders.steps.transitions import run_again
from printing import STEP
from printing.documents import pick_list, slip, test_page
from printing.documents.slip import render
from printing.models import Printer, PrintJob
from printing.tasks import print_slip
from printing.warm import warm_up
from tests.printing.conftest import NUMBER, Text, make_order, new_order
from tests.printing.fake_printer import step_of

pytestmark = pytest.mark.django_db

STYLE = '{% include "printing/style.html" %}'
Lay = Callable[..., Path]


@pytest.fixture
def lay(settings: Settings, tmp_path: Path) -> Iterator[Lay]:
    """Lays a template over ours; returns its file."""
    settings.SHOP_TEMPLATES = tmp_path / "own"

    def laid(text: str, name: str = "printing/slip.html") -> Path:
        file: Path = settings.SHOP_TEMPLATES / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
        autoreload.reset_loaders()
        return file

    yield laid
    settings.SHOP_TEMPLATES = None
    autoreload.reset_loaders()


def test_a_template_of_the_shop_stands_in_for_ours(lay: Lay, text: Text) -> None:
    lay(STYLE + "<p>Our own {{ order.number }}</p>")
    drawn = "".join(text(render(make_order()).content))
    assert f"Our own {NUMBER}" in drawn
    assert "Picked by" not in drawn


def test_it_can_build_on_ours(lay: Lay, text: Text) -> None:
    lay('{% extends "printing/slip.html" %}{% block end %}<p>Returns: 30 days</p>{% endblock %}')
    lay(
        '{% extends "printing/pick_list.html" %}{% block end %}<p>Mind the steps</p>{% endblock %}',
        "printing/pick_list.html",
    )
    drawn = "".join(text(render(make_order()).content))
    assert "Picked by" in drawn
    assert "Returns: 30 days" in drawn
    assert "Mind the steps" in "".join(text(pick_list.render([make_order(number="0000-0000-0002")]).content))


def test_customers_text_is_escaped_there_too(lay: Lay, text: Text) -> None:
    lay(STYLE + "<p>{{ order.customer_name }}</p>")
    assert "<b>Ana</b>" in "".join(text(render(make_order(customer_name="<b>Ana</b>")).content))


def test_it_reads_no_file_and_no_other_machine(lay: Lay) -> None:
    lay(STYLE + '<p>a</p><img src="http://127.0.0.1:9/a.png" /><img src="/etc/hostname" /><p>b</p>')
    slip = render(make_order())
    assert slip.content.startswith(b"%PDF")
    assert slip.warnings == ["The slip may be incomplete: the renderer reported 2 problem(s)."]


@pytest.mark.parametrize("name", ["welcome.html", "admin/base_site.html", "staff/error.html", "../own/printing/x.html"])
def test_other_templates_stay_as_they_are(lay: Lay, name: str) -> None:
    lay("mine", name)
    if "x.html" in name:
        with pytest.raises(TemplateDoesNotExist):
            get_template(name)
    else:
        assert get_template(name).render({"problem": {}}) != "mine"


BROKEN = {
    "{% extend 'x' %}": "line 2: Invalid block tag on line 2: 'extend'",
    "{{ order.number|no_such_filter }}": "line 2: Invalid filter: 'no_such_filter'",
    "{% if order %}": "line 2: Unclosed tag on line 2: 'if'",
    "{% load no_such_library %}": "line 2: 'no_such_library' is not a registered tag library",
    "{% include 'printing/none.html' %}": "line 2: there is no template printing/none.html.",
    "{% extends 'printing/none.html' %}": "line 2: there is no template printing/none.html.",
    "{% include order.customer_name %}": "line 2: there is no template of that name.",
    "{% extends order.customer_name %}": "line 2: there is no template of that name.",
    "{% url 'none' %}": "line 2: NoReverseMatch.",
    "{{ order.customer_name|shaped:order }}": "line 2: ",
    "{% include 'printing/slip.html' %}": "line 2: RecursionError.",
}


@pytest.mark.parametrize("fault", BROKEN)
def test_an_error_is_told_with_file_and_line_and_no_customers_text(lay: Lay, fault: str) -> None:
    file = lay(f"<p>one</p>\n{fault}")
    with pytest.raises(Permanent) as caught:
        render(make_order(customer_name="Ana ᠭ Secret"))
    assert f"{file}, {BROKEN[fault]}" in caught.value.reason
    assert "Secret" not in caught.value.reason
    assert "\n" not in caught.value.reason
    assert "Mend the file" in caught.value.next_action


def test_an_error_in_a_part_names_the_part(lay: Lay) -> None:
    part = lay("<p>\n\n{{ x|y }}", "printing/part.html")
    file = lay('{% extends "printing/slip.html" %}{% block end %}{% include "printing/part.html" %}{% endblock %}')
    with pytest.raises(Permanent, match=f"{part}, line 3: Invalid filter: 'y'"):
        render(make_order())
    part.write_text("fine")
    file.write_text('{% extends "printing/slip.html" %}\n{% block end %}\n{% url "none" %}{% endblock %}')
    with pytest.raises(Permanent, match=f"{file}, line 3: NoReverseMatch"):  # It is read anew after an error.
        render(make_order(number="0000-0000-0002"))


def test_a_file_that_can_not_be_read_is_named(lay: Lay) -> None:
    file = lay("")
    file.write_bytes(b"caf\xe9")
    with pytest.raises(Permanent, match=rf"{file} is no text in UTF-8 \(byte 4\)\."):
        render(make_order())
    file.unlink()
    file.mkdir()
    with pytest.raises(Permanent, match=rf"{file} can't be read: Is a directory\."):
        render(make_order(number="0000-0000-0002"))


def test_what_the_renderer_can_not_draw_is_the_shops_templates_fault_too(
    lay: Lay, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    def make_pdf(*args: object, **options: object) -> None:
        raise ValueError("Ana Secret is too wide")

    lay("<p>fine</p>")
    monkeypatch.setattr(slip, "make_pdf", make_pdf)
    with pytest.raises(Permanent, match=rf"{settings.SHOP_TEMPLATES} is in use, .* can't be drawn: ValueError\."):
        render(make_order())
    settings.SHOP_TEMPLATES = None
    with pytest.raises(ValueError, match="too wide"):
        render(make_order(number="0000-0000-0002"))


def test_a_page_without_a_size_says_so(lay: Lay) -> None:
    lay("<p>Our own</p>")
    with pytest.raises(Permanent, match=r"no @page rule\. Include printing/style\.html"):
        render(make_order())


@pytest.mark.parametrize("error", [SoftTimeLimitExceeded, OperationalError, MemoryError])
def test_what_is_of_the_moment_is_not_the_templates_fault(
    lay: Lay, error: type[Exception], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(order: Order) -> str:
        raise error

    lay("{{ order }}")
    monkeypatch.setattr(Order, "__str__", fail)
    with pytest.raises(error):
        render(make_order())


def test_the_step_is_parked_and_prints_once_the_file_is_mended(lay: Lay, spool_dir: Path) -> None:
    file = lay("one\n{% broken %}")
    order = new_order("0000-0000-0001")
    print_slip(order.pk)
    step = step_of(order)
    assert step.state == "parked"
    assert f"{file}, line 2: Invalid block tag on line 2: 'broken'" in step.reason
    assert not PrintJob.objects.exclude(state="claimed").exists()
    file.write_text(STYLE + "<p>mended</p>")
    run_again(order.pk, STEP)
    print_slip(order.pk)
    assert step_of(order).state == "done"
    assert len([*spool_dir.glob("*.pdf")]) == 1


def test_a_pick_list_and_a_test_page_say_it_too(lay: Lay) -> None:
    for name in ("pick_list", "test_page"):
        lay("{% broken %}", f"printing/{name}.html")
    with pytest.raises(Permanent, match=r"pick_list\.html, line 1"):
        pick_list.render([make_order()])
    with pytest.raises(Permanent, match=r"test_page\.html, line 1"):
        test_page.render(Printer(name="Gate"))


def test_a_worker_starts_with_a_broken_template_and_logs_a_line(lay: Lay, caplog: pytest.LogCaptureFixture) -> None:
    file = lay("{% broken %}", "printing/test_page.html")
    warm_up()
    assert f"{file}, line 1" in caplog.text
    assert "Traceback" not in caplog.text
