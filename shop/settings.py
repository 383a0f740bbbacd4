"""Settings of the order desk. The environment is read here and nowhere else; `.env.example` explains each variable."""

import os
import secrets
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import Any

import dj_database_url
from django.core.exceptions import ImproperlyConfigured

from shop.environment import (
    all_seconds,
    at_most,
    currency,
    existing_file,
    log_level,
    origins,
    paper,
    positive,
    printer_address,
    rate,
    read,
    read_file,
    sap_client,
    time_zone,
    web_address,
    webhook_secret,
)

BASE_DIR = Path(__file__).resolve().parent.parent
read_file(read("str", "SHOP_ENV_FILE", str(BASE_DIR / ".env")))
VAR_DIR = Path(read("str", "SHOP_VAR_DIR", str(BASE_DIR / "var"))).absolute()
VAR_DIR.mkdir(parents=True, exist_ok=True)

# --- What must happen for every order -------------------------------------------------------------
# Key = queue = Step.name; value = the task. celeryconfig.py derives imports, queues and routes from it.
ORDER_STEPS = {
    "sap": "integrations.sap.tasks.notify_sap",
    "marketing": "integrations.segment.tasks.record_marketing",
    "printing": "printing.tasks.print_slip",
    "ga4": "integrations.ga4.tasks.record_in_ga4",
    "matomo": "integrations.matomo.tasks.record_in_matomo",
    "statistics": "integrations.statistics.tasks.count_order",
    "webhook": "integrations.webhook.tasks.call_webhook",
}


def _enabled_steps() -> dict[str, str]:
    wanted = read("list", "SHOP_ORDER_STEPS", ["sap", "marketing", "printing"])
    if not wanted:
        raise ImproperlyConfigured(f"SHOP_ORDER_STEPS is empty; name at least one of {', '.join(ORDER_STEPS)}.")
    unknown = [name for name in wanted if name not in ORDER_STEPS]
    if unknown:
        raise ImproperlyConfigured(
            f"SHOP_ORDER_STEPS names {', '.join(unknown)}; known steps are {', '.join(ORDER_STEPS)}."
        )
    return {name: task for name, task in ORDER_STEPS.items() if name in wanted}


ENABLED_STEPS = _enabled_steps()

# What undoes a step that ran before its order was cancelled: a step of its own, `<step>_cancel`, on the same queue.
CANCEL_STEPS = {"sap": "integrations.sap.cancel.cancel_in_sap"}
CANCEL_STEPS = {f"{name}_cancel": task for name, task in CANCEL_STEPS.items() if name in ENABLED_STEPS}
STEP_TASKS = ENABLED_STEPS | CANCEL_STEPS
STEP_QUEUES = {name: name.removesuffix("_cancel") for name in STEP_TASKS}


_missing: dict[str, list[str]] = {}


def required(step: str, kind: str, name: str, default: Any = "", **options: Any) -> Any:
    """A setting that `step` can't do without: `refuse_missing` names it if the step is on and the value is missing."""
    value = read(kind, name, default, **options)
    if step in ENABLED_STEPS and value in ("", None, []):
        _missing.setdefault(step, []).append(name)
    return value


def refuse_missing() -> None:
    """Refuses to start while a step that is on lacks settings, and names them all."""
    if not _missing:
        return
    lacks = "; ".join(f"the step '{step}' needs {', '.join(names)}" for step, names in _missing.items())
    rest = ",".join(name for name in ENABLED_STEPS if name not in _missing)
    otherwise = f", or leave the steps out: SHOP_ORDER_STEPS={rest}" if rest else "."
    raise ImproperlyConfigured(f"Settings are missing: {lacks}. Set them{otherwise}")


# --- Shop -----------------------------------------------------------------------------------------
SHOP_NAME = read("str", "SHOP_NAME", "Order desk")
# Orders per client address and web process, e.g. "100/min"; empty: no bound.
ORDER_RATE = read("str", "SHOP_ORDER_RATE", "", validate=rate)
CURRENCY = read("str", "SHOP_CURRENCY", "EUR", validate=currency)
TIME_ZONE = read("str", "SHOP_TIME_ZONE", "UTC", validate=time_zone)
LANGUAGE_CODE = "en"
USE_I18N = True
FORMAT_MODULE_PATH = ["shop.formats"]
USE_TZ = True

# --- How steps are run (seconds) ------------------------------------------------------------------
# time limit < lease < the broker's consumer timeout (30 min).
STEP_TIME_LIMIT = timedelta(seconds=read("int", "SHOP_STEP_TIME_LIMIT_SECONDS", 60, validate=positive))
STEP_LEASE = timedelta(seconds=read("int", "SHOP_STEP_LEASE_SECONDS", 90, validate=positive))
STEP_GRACE = timedelta(seconds=read("float", "SHOP_STEP_GRACE_SECONDS", 10, validate=positive))
SWEEP_INTERVAL = timedelta(seconds=read("float", "SHOP_SWEEP_INTERVAL_SECONDS", 2, validate=positive))
RETRY_DELAYS = [
    timedelta(seconds=float(delay))
    for delay in read("list", "SHOP_RETRY_DELAYS_SECONDS", [10, 30, 120, 600, 1800] + [3600] * 72, validate=all_seconds)
]
# How long a worker that was told to end (SIGTERM) may finish what it has begun.
SHUTDOWN_LIMIT = timedelta(seconds=read("float", "SHOP_SHUTDOWN_SECONDS", 30, validate=positive))
if not STEP_TIME_LIMIT < STEP_LEASE < timedelta(minutes=30):
    raise ImproperlyConfigured(
        "SHOP_STEP_LEASE_SECONDS must be more than SHOP_STEP_TIME_LIMIT_SECONDS and less than 1800."
    )
# Every worker's clock publishes these; see orders.messaging.worker.clock.
PERIODIC_TASKS = {
    "orders.tasks.sweep_steps": SWEEP_INTERVAL,
    "orders.tasks.settle_complete_orders": STEP_GRACE,  # It leaves younger ones alone anyway.
}
WORKER_CONCURRENCY = read("int", "SHOP_WORKER_CONCURRENCY", 8, validate=positive)

# A destination's breaker opens after so many temporary failures in a row; the first probe comes after the delay,
# later ones after twice the time each, up to ten minutes.
BREAKER_FAILURES = read("int", "SHOP_BREAKER_FAILURES", 5, validate=positive)
BREAKER_DELAY = timedelta(seconds=read("float", "SHOP_BREAKER_DELAY_SECONDS", 30, validate=positive))

# --- Database and broker: embedded unless given ---------------------------------------------------
DATABASE_URL = read("str", "SHOP_DATABASE_URL", "")
DATABASE_EMBEDDED = not DATABASE_URL
if DATABASE_EMBEDDED:
    _database: Any = {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": VAR_DIR / "desk.sqlite3",
        # A 201 promises that the order is on the disk: hence synchronous=FULL. IMMEDIATE lets writers queue
        # up for `timeout` seconds instead of failing with "database is locked".
        "OPTIONS": {
            "timeout": 20,
            "transaction_mode": "IMMEDIATE",
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;",
        },
    }
else:
    try:
        _database = dj_database_url.parse(DATABASE_URL, conn_max_age=None, conn_health_checks=True)
    except (ValueError, dj_database_url.ParseError) as error:
        raise ImproperlyConfigured(
            "SHOP_DATABASE_URL is no database URL (postgresql://user:password@host/name)"
        ) from error
    if _database["ENGINE"] == "django.db.backends.postgresql":
        # A database that does not answer must become a 503 in seconds, not a request that hangs.
        _database["OPTIONS"] = {
            "connect_timeout": 3,
            "keepalives_idle": 10,
            "keepalives_interval": 3,
            "keepalives_count": 3,
            "tcp_user_timeout": 15000,
        } | _database.get("OPTIONS", {})
DATABASES = {"default": _database}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

BROKER_URL = read("str", "SHOP_BROKER_URL", "")
BROKER_EMBEDDED = not BROKER_URL
BROKER_DIR = VAR_DIR / "broker"
if not BROKER_EMBEDDED and not BROKER_URL.startswith(("amqp://", "amqps://", "pyamqp://")):
    raise ImproperlyConfigured("SHOP_BROKER_URL is no RabbitMQ URL (amqp://user:password@host:5672/vhost)")

# --- Destinations ---------------------------------------------------------------------------------
SPOOL_DIR = Path(read("str", "SHOP_SPOOL_DIR", str(VAR_DIR / "spool"))).absolute()

# The printer of new slips, as long as staff have entered no others.
PRINTER_URL = read("str", "SHOP_PRINTER_URL", "spool:", validate=printer_address)
PRINTER_PAPER = read("str", "SHOP_PRINTER_PAPER", "a4", validate=paper)
PRINTER_KEEPS_HISTORY = read("bool", "SHOP_PRINTER_KEEPS_HISTORY", False)
PRINTER_CA_FILE = read("str", "SHOP_PRINTER_CA_FILE", "", validate=existing_file)
PRINTER_POLL_INTERVAL = timedelta(seconds=read("float", "SHOP_PRINTER_POLL_SECONDS", 10))
if "printing" in ENABLED_STEPS:
    PERIODIC_TASKS["printing.tasks.watch_printers"] = PRINTER_POLL_INTERVAL

# SAP: the OData service API_SALES_ORDER_SRV. Lengths are those of its $metadata.
SAP_URL = required("sap", "str", "SHOP_SAP_URL", validate=web_address)
SAP_CLIENT = read("str", "SHOP_SAP_CLIENT", "", validate=sap_client)
SAP_OAUTH_TOKEN_URL = read("str", "SHOP_SAP_OAUTH_TOKEN_URL", "", validate=web_address)
SAP_OAUTH_CLIENT_ID = SAP_OAUTH_CLIENT_SECRET = SAP_USER = SAP_PASSWORD = ""
if SAP_OAUTH_TOKEN_URL:
    SAP_OAUTH_CLIENT_ID = required("sap", "str", "SHOP_SAP_OAUTH_CLIENT_ID")
    SAP_OAUTH_CLIENT_SECRET = required("sap", "str", "SHOP_SAP_OAUTH_CLIENT_SECRET")
else:
    SAP_USER = required("sap", "str", "SHOP_SAP_USER")
    SAP_PASSWORD = required("sap", "str", "SHOP_SAP_PASSWORD")
SAP_CA_FILE = read("str", "SHOP_SAP_CA_FILE", "", validate=existing_file)
SAP_ORDER_TYPE = read("str", "SHOP_SAP_ORDER_TYPE", "OR", validate=at_most(4))
SAP_SALES_ORGANIZATION = required("sap", "str", "SHOP_SAP_SALES_ORGANIZATION", validate=at_most(4))
SAP_DISTRIBUTION_CHANNEL = required("sap", "str", "SHOP_SAP_DISTRIBUTION_CHANNEL", validate=at_most(2))
SAP_DIVISION = required("sap", "str", "SHOP_SAP_DIVISION", validate=at_most(2))
SAP_SOLD_TO = required("sap", "str", "SHOP_SAP_SOLD_TO", validate=at_most(10))
SAP_UNIT = read("str", "SHOP_SAP_UNIT", "PC", validate=at_most(3))
SAP_PRICE_CONDITION = read("str", "SHOP_SAP_PRICE_CONDITION", "PPR0", validate=at_most(4))
SAP_TEXT_ID = read("str", "SHOP_SAP_TEXT_ID", "TX01", validate=at_most(4))
SAP_TEXT_LANGUAGE = read("str", "SHOP_SAP_TEXT_LANGUAGE", "EN", validate=at_most(2))
SAP_REJECTION_REASON = read("str", "SHOP_SAP_REJECTION_REASON", "", validate=at_most(2))
SAP_REQUEST_LIMIT = timedelta(seconds=read("float", "SHOP_SAP_REQUEST_LIMIT_SECONDS", 600, validate=positive))
SAP_TEMPORARY_CODES = read("list", "SHOP_SAP_TEMPORARY_CODES", ["V1/042"])

# Marketing: Segment, RudderStack, or whatever takes Segment's events.
MARKETING_URL = required("marketing", "str", "SHOP_MARKETING_URL", validate=web_address)
MARKETING_WRITE_KEY = required("marketing", "str", "SHOP_MARKETING_WRITE_KEY")

# Google Analytics 4, Matomo: on when SHOP_ORDER_STEPS names them.
GA4_URL = read("str", "SHOP_GA4_URL", "https://www.google-analytics.com", validate=web_address)
GA4_MEASUREMENT_ID = required("ga4", "str", "SHOP_GA4_MEASUREMENT_ID")
GA4_API_SECRET = required("ga4", "str", "SHOP_GA4_API_SECRET")
MATOMO_URL = required("matomo", "str", "SHOP_MATOMO_URL", validate=web_address)
MATOMO_SITE_ID = required("matomo", "str", "SHOP_MATOMO_SITE_ID")
MATOMO_TOKEN = read("str", "SHOP_MATOMO_TOKEN", "")

# A program of the shop's own.
WEBHOOK_URL = required("webhook", "str", "SHOP_WEBHOOK_URL", validate=web_address)
WEBHOOK_SECRET = required("webhook", "str", "SHOP_WEBHOOK_SECRET", validate=webhook_secret)

refuse_missing()

# --- Django ---------------------------------------------------------------------------------------
BEHIND_PROXY = read("bool", "SHOP_BEHIND_PROXY", False)
DEBUG = read("bool", "SHOP_DEBUG", False)
ALLOWED_HOSTS = read("list", "SHOP_ALLOWED_HOSTS", ["localhost", "127.0.0.1", "[::1]"])


def _secret_key() -> str:
    """The given key, or a random one made at the first start and kept in `var/secret_key`."""
    if given := read("str", "SHOP_SECRET_KEY", ""):
        return str(given)
    path, draft = VAR_DIR / "secret_key", VAR_DIR / f".secret_key.{os.getpid()}"
    if not path.exists():
        draft.touch(mode=0o600)
        draft.write_text(secrets.token_urlsafe(50))
        with suppress(FileExistsError):  # Another process was first: its key counts.
            os.link(draft, path)
        draft.unlink()
    return path.read_text()


SECRET_KEY = _secret_key()
INSTALLED_APPS = [
    "shop.staff",
    "orders",
    "integrations",
    "printing",
    "rest_framework",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
]
MIDDLEWARE = [
    "shop.operations.health.health",
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
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "printing" / "documents" / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "libraries": {"slips": "printing.documents.filters"},
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    }
]
STATIC_URL = "static/"
STATIC_ROOT = VAR_DIR / "static"
STATIC_ROOT.mkdir(exist_ok=True)
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = False
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in ("MinimumLengthValidator", "CommonPasswordValidator", "NumericPasswordValidator")
]
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [],
    "DEFAULT_PERMISSION_CLASSES": [],
    "UNAUTHENTICATED_USER": None,
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "EXCEPTION_HANDLER": "orders.api.problems.problem_response",
    "NUM_PROXIES": 1 if BEHIND_PROXY else 0,
}

# --- Security: on behind HTTPS --------------------------------------------------------------------
HTTPS = read("bool", "SHOP_HTTPS", False)
CSRF_TRUSTED_ORIGINS = read("list", "SHOP_CSRF_TRUSTED_ORIGINS", [], validate=origins)
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_SSL_REDIRECT = HTTPS
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = HTTPS
if BEHIND_PROXY:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

# --- Logs carry order numbers, no names -----------------------------------------------------------
LOG_LEVEL = read("str", "SHOP_LOG_LEVEL", "INFO", validate=log_level)
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s: %(message)s"}},
    "handlers": {
        "stderr": {"class": "logging.StreamHandler", "formatter": "line"},
        "nowhere": {"class": "logging.NullHandler"},
    },
    "loggers": {
        name: {"handlers": ["stderr"], "level": LOG_LEVEL, "propagate": False}
        for name in ("orders", "integrations", "printing", "shop")
    }
    # It quotes the document, customer's name and all; what it has to say stands on the step.
    | {"xhtml2pdf": {"handlers": ["nowhere"], "level": "CRITICAL", "propagate": False}}
    # Django's own would be silent in production: faults with their traceback, and refused hosts.
    | {"django": {"handlers": ["stderr"], "level": "ERROR", "propagate": False}},
}
