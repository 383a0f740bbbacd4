"""The staff's site: Django's admin under the shop's name, and two pages that are no lists of rows."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from http import HTTPStatus
from typing import Any

from django.apps import apps
from django.conf import settings
from django.contrib.admin import AdminSite
from django.contrib.auth import get_user_model
from django.contrib.auth.decorators import permission_required
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, URLResolver, path, reverse

from shop.staff import error_pages
from shop.staff.attention.page import attention_page
from shop.staff.connections import connections_page
from shop.staff.figures import figures_page
from shop.staff.frame import frame
from shop.staff.front_page import fragment_view
from shop.staff.limits import WAIT
from shop.staff.logged_out import press_again
from shop.staff.logon import LogonForm, is_locked, note_old_password
from shop.staff.navigation import address, navigation
from shop.staff.once import once
from shop.staff.trouble import trouble_page

SECTION = "integrations"  # Where the pages stand on the front page, and the app whose name is its heading.


@dataclass(frozen=True)
class Page:
    """A page at /admin/`path`, for those who have `permission`. `view` takes the request and the title."""

    title: str
    name: str
    path: str
    permission: str
    view: Callable[[HttpRequest, str], HttpResponse]


PAGES = [
    Page("Connections", "connections", f"{SECTION}/connection/", "orders.try_connections", connections_page),
    Page("Figures", "figures", f"{SECTION}/purchase/", "integrations.view_purchase", figures_page),
    Page("Attention", "attention", "attention/", "orders.try_connections", attention_page),
    Page("Trouble", "trouble", "trouble/", "orders.view_step", trouble_page),
]


class DeskSite(AdminSite):
    site_header = site_title = settings.SHOP_NAME
    index_title = "Today"
    login_form = LogonForm
    site_url = None  # The shop has no pages for customers: its site is an API.
    enable_nav_sidebar = False  # The desk has its own.

    def register(self, model_or_iterable: Any, admin_class: Any = None, **options: Any) -> None:
        """Django's own lists (users, groups), too, are careful about what is looked up and chosen in them."""
        from shop.staff.admin.people import People  # Its neighbours register themselves, here.
        from shop.staff.admin.selection import SettledSelection

        if admin_class and not issubclass(admin_class, SettledSelection):
            models = [model_or_iterable] if isinstance(model_or_iterable, type) else model_or_iterable
            before = People if get_user_model() in models else SettledSelection
            admin_class = type(admin_class.__name__, (before, admin_class), {})
        super().register(model_or_iterable, admin_class, **options)

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Who has guessed too often gets 429, with the form that says what to do."""
        response = super().login(request, extra_context)
        if getattr(request, "axes_locked_out", False):
            response.status_code = HTTPStatus.TOO_MANY_REQUESTS
            response.headers["Retry-After"] = str(WAIT.seconds)
        return response

    def admin_view(self, view: Callable[..., Any], cacheable: bool = False) -> Any:
        """As Django's; but no answer to a POST is asked for once more after a login, without what was sent.

        And a POST that is sent twice is done once.
        """
        inner = super().admin_view(view, cacheable)

        @wraps(inner)
        def seen(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
            ended = request.method == "POST" and not self.has_permission(request)
            if ended and request.path != reverse("admin:logout"):
                return press_again(request)
            if request.method == "POST":
                return once(inner, request, *args, **kwargs)
            return inner(request, *args, **kwargs)

        return seen

    def password_change(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> TemplateResponse:
        if request.method == "POST" and is_locked(request):
            return error_pages.locked(request)
        response = super().password_change(request, extra_context)
        note_old_password(request, (getattr(response, "context_data", None) or {}).get("form"))
        return response

    def each_context(self, request: HttpRequest) -> dict[str, Any]:
        """What the frame of every page shows: navigation, the search field, who is logged on, in which roles."""
        shown = {
            "navigation": navigation(request),
            "find_url": find_url(request.user),
            "roles": frame(request).roles,
        }
        return super().each_context(request) | shown

    def get_urls(self) -> list[URLPattern | URLResolver]:
        section = path(f"{SECTION}/", self.admin_view(self.app_index), {"app_label": SECTION}, name="app_list")
        front = path("front/", self.admin_view(fragment_view), name="front")
        return [*(self._url(page) for page in PAGES), front, section, *super().get_urls()]

    def _url(self, page: Page) -> URLPattern:
        view = permission_required(page.permission, raise_exception=True)(page.view)
        return path(page.path, self.admin_view(view), {"title": page.title}, name=page.name)

    def get_app_list(self, request: HttpRequest, app_label: str | None = None) -> list[Any]:
        """The lists of rows by app, as Django has them, and among them the section of the pages."""
        found = super().get_app_list(request, app_label)
        shown = [page for page in PAGES if page.path.startswith(SECTION) and request.user.has_perm(page.permission)]
        entries = [entry(page) for page in shown]
        if entries and app_label in (None, SECTION):
            found.append(section(entries))
        return sorted(found, key=lambda app: app["name"].lower())


def section(entries: list[dict[str, Any]]) -> dict[str, Any]:
    """The pages as the admin's templates want an app."""
    return {
        "name": apps.get_app_config(SECTION).verbose_name,
        "app_label": SECTION,
        "app_url": reverse("admin:app_list", kwargs={"app_label": SECTION}),
        "has_module_perms": True,
        "models": entries,
    }


def entry(page: Page) -> dict[str, Any]:
    """A page as the admin's templates want a model that may be looked at."""
    url = reverse(f"admin:{page.name}")
    return {"name": page.title, "object_name": page.name, "admin_url": url, "add_url": None, "view_only": True}


def find_url(user: Any) -> str:
    """Where the search field of a page's head leads; empty for those who may not see orders."""
    if not user.has_perm("orders.view_order"):
        return ""
    return address("/desk/find") or reverse("admin:orders_order_changelist")
