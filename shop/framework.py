"""Django's own settings that no variable changes; `shop/settings.py` takes them all."""

from pathlib import Path
from typing import Any

from shop.staff.limits import LIMIT, WAIT

HERE = Path(__file__).resolve().parent
INSTALLED_APPS = [
    "shop.staff.apps.StaffConfig",
    "shop.operations",
    "orders",
    "integrations",
    "printing",
    "rest_framework",
    "shop.staff.apps.SiteConfig",  # Django's admin.
    "shop.staff.apps.LogonsConfig",  # django-axes
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
]
MIDDLEWARE = [
    "shop.operations.request_ids.request_ids",
    "shop.operations.traces.middleware.traces",  # Not there while they are off.
    "shop.operations.headers.headers",
    "shop.operations.health.health",
    "shop.operations.gate.gate",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
ROOT_URLCONF = "shop.urls"
WSGI_APPLICATION = "shop.wsgi.application"
LOADERS = [
    "orders.overlay.Loader",
    "django.template.loaders.filesystem.Loader",
    "django.template.loaders.app_directories.Loader",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [
            HERE / "templates",
            HERE.parent / "printing" / "documents" / "templates",
            HERE.parent / "integrations" / "mail" / "templates",
        ],
        "OPTIONS": {
            "loaders": [("django.template.loaders.cached.Loader", LOADERS)],
            "debug": True,  # An error in a template knows its file and line. What strangers see is up to SHOP_DEBUG.
            "libraries": {"slips": "printing.documents.filters"},
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    }
]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
LANGUAGE_CODE = "en"
USE_I18N = True
FORMAT_MODULE_PATH = ["shop.formats"]
USE_TZ = True
LOGIN_REDIRECT_URL = "admin:index"  # where the page that was asked for is none of ours
STATIC_URL = "static/"
STATICFILES_DIRS = [HERE / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "shop.static_files.StaticFiles"},
}
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = False
WHITENOISE_ALLOW_ALL_ORIGINS = False
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in ("MinimumLengthValidator", "CommonPasswordValidator", "NumericPasswordValidator")
]
CSRF_FAILURE_VIEW = "shop.staff.error_pages.forged"
# Guessing passwords: shop/staff/guesses.py says how much is too much. The order of the two parameters counts there.
AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "django.contrib.auth.backends.ModelBackend"]
AXES_HANDLER = "shop.staff.guesses.Guesses"
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"], "ip_address"]
AXES_FAILURE_LIMIT = LIMIT
AXES_COOLOFF_TIME = WAIT
AXES_RESET_ON_SUCCESS = True
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
AXES_CLIENT_IP_CALLABLE = "orders.api.client_address.client_address"
AXES_DISABLE_ACCESS_LOG = True
AXES_ENABLE_ADMIN = False
AXES_VERBOSE = False
SILENCED_SYSTEM_CHECKS = ["axes.W002"]  # Its middleware is not needed, and no order passes through it.
REST_FRAMEWORK: dict[str, Any] = {
    "DEFAULT_AUTHENTICATION_CLASSES": [],
    "DEFAULT_PERMISSION_CLASSES": [],
    "UNAUTHENTICATED_USER": None,
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "EXCEPTION_HANDLER": "orders.api.problems.problem_response",
}
