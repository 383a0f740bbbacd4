"""Where a shop's own templates are looked for."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.apps import apps
from django.core.checks import registry
from django.template import autoreload
from django.template.loader import get_template, render_to_string
from pytest_django import Settings

from orders import overlay


@pytest.fixture
def own(settings: Settings, tmp_path: Path) -> Iterator[Path]:
    for name in ("printing/slip.html", "mail/received.txt", "other/page.html", "admin/login.html"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(f"mine: {name}")
    settings.SHOP_TEMPLATES = tmp_path
    autoreload.reset_loaders()
    yield tmp_path
    settings.SHOP_TEMPLATES = None
    autoreload.reset_loaders()


@pytest.mark.parametrize("name", ["printing/slip.html", "mail/received.txt"])
@pytest.mark.usefixtures("own")
def test_paper_and_mails_are_the_shops(name: str) -> None:
    assert render_to_string(name) == f"mine: {name}"


@pytest.mark.usefixtures("own")
def test_no_page_of_the_desk_is() -> None:
    assert "mine" not in render_to_string("admin/login.html", {"site_header": "x"})
    with pytest.raises(Exception, match=r"other/page\.html"):
        get_template("other/page.html")


@pytest.mark.usefixtures("own")
def test_what_the_shop_leaves_out_is_ours() -> None:
    assert "@page" in render_to_string("printing/style.html")


def test_the_check_names_each_template_with_an_error(own: Path) -> None:
    assert [message for message in overlay.check() if message.id == "orders.W001"] == []
    (own / "printing" / "slip.html").write_text("\n{% if %}")
    (own / "mail" / "received.txt").write_bytes(b"caf\xe9")
    (own / "printing" / "part.html").write_text("{{ x|nothing }}")
    autoreload.reset_loaders()
    found = [str(message.msg) for message in overlay.check() if message.id == "orders.W001"]
    assert [text.split(": ")[0].removeprefix(f"{own}/") for text in found] == [
        "mail/received.txt, line 1", "printing/part.html, line 1", "printing/slip.html, line 2",
    ]  # fmt: skip
    assert f"{own}/mail/received.txt is no text in UTF-8" in found[0]
    assert "Invalid filter: 'nothing'" in found[1]


@pytest.mark.usefixtures("own")
def test_django_is_told_of_the_check_where_there_are_templates(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registry.registry, "registered_checks", set())
    apps.get_app_config("orders").ready()
    assert registry.registry.registered_checks == {overlay.check}


def test_without_templates_of_its_own_there_is_nothing_to_check() -> None:
    assert overlay.check() == []
