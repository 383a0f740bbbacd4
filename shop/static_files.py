"""Where the desk's own style sheets and scripts are, as its pages name them."""

from django.contrib.staticfiles.storage import StaticFilesStorage
from django.urls import get_script_prefix


class StaticFiles(StaticFilesStorage):
    """Django keeps the address that it finds first, before the web server has said where the desk is mounted."""

    def url(self, name: str | None) -> str:
        return f"{get_script_prefix()}{super().url(name).removeprefix('/')}"
