"""Where a shop's own templates are looked for."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.template import autoreload
from django.template.loader import get_template, render_to_string
from pytest_django import Settings


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
