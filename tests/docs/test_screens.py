"""The pictures of the staff's pages can be taken anew at any time."""

from pathlib import Path

import pytest
from django.contrib import admin
from PIL import Image
from pytest_django.live_server_helper import LiveServer

from tests.docs.screens import SCREENS, prepared, shoot
from tests.servers.browser import Chromium

IMAGES = Path(__file__).parents[2] / "docs" / "images"


@pytest.mark.timeout(180)
def test_each_page_is_photographed_as_it_is(
    chromium: Chromium, live_server: LiveServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("site_header", "site_title"):
        monkeypatch.setattr(admin.site, name, getattr(admin.site, name))
    prepared()
    taken = {file.stem: file for file in shoot(chromium, live_server.url, tmp_path)}
    assert {"admin-orders", "admin-orders-dark", "admin-order", "desk-today"} <= set(taken)
    for screen in SCREENS:
        if file := taken.get(screen.name):
            with Image.open(file) as picture:
                assert picture.size == (screen.width, screen.height)
                assert len(picture.getcolors(128) or []) > 20, f"{screen.name} is empty"


def test_the_pictures_that_pages_name_are_there() -> None:
    named = {"admin-orders", "admin-orders-dark", "admin-order"}
    assert {name for name in named if not (IMAGES / f"{name}.png").is_file()} == set()
