"""Settings of the order desk. The environment is read here and nowhere else; `.env.example` explains each variable."""

from datetime import timedelta
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

from integrations.ga4.settings import GA4Settings
from integrations.http.address import web_address
from integrations.mail.settings import MailSettings
from integrations.matomo.settings import MatomoSettings
from integrations.sap.settings import SapSettings
from integrations.segment.settings import SegmentSettings
from integrations.webhook.settings import WebhookSettings
from orders.carriers import KNOWN, read_carriers
from orders.fields import requirable
from orders.step_names import destination_of, on_shipping, undoing
from printing.documents.logo import check_logo
from printing.settings import PrinterSettings
from shop.cors import cors
from shop.databases import database
from shop.destinations import enabled, read_settings, refuse_missing
from shop.environment import currency, days, instance, log_level, rate, read, read_file, time_zone, unread
from shop.folders import absolute, folder, made
from shop.framework import *  # noqa: F403
from shop.framework import MIDDLEWARE, REST_FRAMEWORK
from shop.letterhead import country, language, sender_lines, shop_name, templates
from shop.logs import log_format, logs
from shop.operations.retention.settings import KeepSettings
from shop.running import running
from shop.secret_key import kept_key
from shop.servers import broker_url, database_url, hosts, origins, public_url, trusted_origins
from shop.staff.attention.settings import AttentionSettings, periodic
from shop.watching import watching

BASE_DIR = Path(__file__).resolve().parent.parent
read_file()
VAR_DIR = made(Path(read("str", "SHOP_VAR_DIR", "") or BASE_DIR / "var").absolute(), "SHOP_VAR_DIR")

# --- What must happen for every order -------------------------------------------------------------
# Key = queue = Step.name; value = the task's name. celeryconfig.py derives imports, queues and routes from it.
ORDER_STEPS = {
    "sap": "integrations.sap.tasks.notify_sap",
    "marketing": "integrations.marketing.tasks.record_marketing",
    "printing": "printing.tasks.print_slip",
    "ga4": "integrations.marketing.ga4.record_in_ga4",
    "matomo": "integrations.marketing.matomo.record_in_matomo",
    "statistics": "integrations.statistics.count_order",
    "webhook": "integrations.webhook.call_webhook",
    "mail": "integrations.mail.tasks.confirm_order",
}
# A task keeps its name when its file moves, since messages in flight carry the name. Where its file is now:
MOVED_TASKS = {
    "integrations.marketing.tasks.record_marketing": "integrations.segment.tasks",
    "integrations.marketing.ga4.record_in_ga4": "integrations.ga4.tasks",
    "integrations.marketing.matomo.record_in_matomo": "integrations.matomo.tasks",
    "integrations.statistics.count_order": "integrations.statistics.tasks",
    "integrations.webhook.call_webhook": "integrations.webhook.tasks",
    "integrations.sap.cancel.cancel_in_sap": "integrations.sap.tasks",
}
ENABLED_STEPS = enabled(ORDER_STEPS)

# The step that brings the pick slip out: once it is done the order may be packed, whatever else is still open.
SLIP_STEP = "printing"

# Later steps, each on the queue of the step it follows. `<step>_cancel` undoes a step that ran before its order was
# cancelled; `<step>_shipped` comes when the order is marked as shipped.
CANCEL_STEPS = {"sap": "integrations.sap.cancel.cancel_in_sap", "mail": "integrations.mail.tasks.tell_of_cancellation"}
CANCEL_STEPS = {undoing(name): task for name, task in CANCEL_STEPS.items() if name in ENABLED_STEPS}
SHIP_STEPS = {"mail": "integrations.mail.tasks.tell_of_shipping"}
SHIP_STEPS = {on_shipping(name): task for name, task in SHIP_STEPS.items() if name in ENABLED_STEPS}
STEP_TASKS = ENABLED_STEPS | CANCEL_STEPS | SHIP_STEPS
STEP_QUEUES = {name: destination_of(name) for name in STEP_TASKS}

# --- Shop -----------------------------------------------------------------------------------------
SHOP_NAME = read("str", "SHOP_NAME", "Order desk", validate=shop_name)
# Which desk this is: it must be the database's mark, else nothing is sent or printed (orders/steps/instance.py).
INSTANCE = read("str", "SHOP_INSTANCE", "", validate=instance)
# Of paper and mails; the admin and all other words for staff are English.
SHOP_LANGUAGE = read("str", "SHOP_LANGUAGE", "en", validate=language)
# Laid over the desk's own templates of paper and mails: docs/templates.md.
SHOP_TEMPLATES = absolute(read("str", "SHOP_TEMPLATES", "", validate=templates))
SHOP_LOGO = absolute(read("str", "SHOP_LOGO", "", validate=check_logo))
SHOP_SENDER = sender_lines(read("str", "SHOP_SENDER", "", validate=sender_lines))
# Orders per client or address, e.g. "100/min"; empty: no bound.
ORDER_RATE = read("str", "SHOP_ORDER_RATE", "", validate=rate)
# What every order must have besides a customer's name and products, e.g. "shipping,email".
ORDER_REQUIRES = tuple(read("list", "SHOP_ORDER_REQUIRES", [], validate=requirable))
# Whether orders are taken, and cancelled, without an API key.
GUEST_ORDERS = read("bool", "SHOP_GUEST_ORDERS", True)
GUEST_CANCEL = read("bool", "SHOP_GUEST_CANCEL", False)
CURRENCY = read("str", "SHOP_CURRENCY", "EUR", validate=currency)
# ISO 3166-1 alpha-2: addresses inside this country go without its name. Empty: with it.
COUNTRY = read("str", "SHOP_COUNTRY", "", validate=country)
TIME_ZONE = read("str", "SHOP_TIME_ZONE", "UTC", validate=time_zone)
# Who carries the parcels, the usual one first: key, key=name or key=name=https://…{number} each.
CARRIERS = read_carriers(read("list", "SHOP_CARRIERS", list(KNOWN), validate=read_carriers))

# --- How steps are run: shop/running.py ------------------------------------------------------------
_running = running()
STEP_TIME_LIMIT = _running.time_limit
STEP_LEASE = _running.lease
STEP_GRACE = _running.grace
SWEEP_INTERVAL = _running.sweep_interval
RETRY_DELAYS = _running.retry_delays
SHUTDOWN_LIMIT = _running.shutdown
WORKER_CONCURRENCY = _running.concurrency
BREAKER_FAILURES = _running.breaker_failures
BREAKER_DELAY = _running.breaker_delay
# The workers' clocks see to these, each once an interval; see orders.messaging.worker.clock.
PERIODIC_TASKS = {
    "orders.tasks.sweep_steps": SWEEP_INTERVAL,
    "orders.tasks.settle_complete_orders": STEP_GRACE,  # It settles nothing younger than this.
    "orders.tasks.go_on_after_set_back": SWEEP_INTERVAL * 30,  # a minute, unless it is set
    "orders.tasks.prune_dead_letters": timedelta(hours=1),
    "shop.operations.tasks.prune": timedelta(days=1),
    "orders.tasks.forget_workers": timedelta(hours=1),
    "orders.tasks.count_totals": timedelta(seconds=15),
}
KEEP = read_settings("keep", KeepSettings)
# After so long a dead letter is deleted; below, an event.
DEAD_LETTER_AGE = timedelta(days=read("int", "SHOP_DEAD_LETTER_DAYS", 90, validate=days))

# Other programs follow the orders: an event per change, published to the exchange `orders.events` (docs/events.md).
EVENTS = read("bool", "SHOP_EVENTS", True)
EVENT_NAMES = read("bool", "SHOP_EVENT_NAMES", False)
EVENT_AGE = timedelta(days=read("int", "SHOP_EVENT_DAYS", 30, validate=days))
WATCHING = watching()  # by load balancers, systemd and Prometheus: shop/watching.py

# --- Database and broker: embedded unless given ---------------------------------------------------
DATABASE_URL = read("str", "SHOP_DATABASE_URL", "", validate=database_url)
DATABASE_EMBEDDED = not DATABASE_URL
DATABASES = {"default": database(DATABASE_URL, VAR_DIR)}

BROKER_URL = read("str", "SHOP_BROKER_URL", "", validate=broker_url)
BROKER_EMBEDDED = not BROKER_URL
BROKER_MANAGEMENT_URL = read("str", "SHOP_BROKER_MANAGEMENT_URL", "", validate=web_address)
BROKER_DIR = VAR_DIR / "broker"
PERIODIC_TASKS["orders.tasks.prune_events"] = timedelta(minutes=5)
if ORDER_RATE:
    PERIODIC_TASKS["orders.tasks.prune_rates"] = timedelta(minutes=5)
if not BROKER_EMBEDDED:
    PERIODIC_TASKS["orders.tasks.declare_queues"] = timedelta(minutes=1)
if EVENTS and not BROKER_EMBEDDED:  # Messages as files have no exchange: there events are rows alone.
    PERIODIC_TASKS["orders.tasks.publish_events"] = SWEEP_INTERVAL

# Orders from other programs, by the exchange `orders.intake`: docs/other-programs.md.
INTAKE = read("bool", "SHOP_INTAKE", not BROKER_EMBEDDED)
if INTAKE and BROKER_EMBEDDED:
    raise ImproperlyConfigured("SHOP_INTAKE needs RabbitMQ: set SHOP_BROKER_URL, or leave it out.")

# --- Destinations: each has its settings in its own folder ----------------------------------------
SAP = read_settings("sap", SapSettings)
MARKETING = read_settings("marketing", SegmentSettings)
GA4 = read_settings("ga4", GA4Settings)
MATOMO = read_settings("matomo", MatomoSettings)
WEBHOOK = read_settings("webhook", WebhookSettings)
MAIL = read_settings("mail", MailSettings)
ATTENTION = read_settings("attention", AttentionSettings)
PERIODIC_TASKS |= periodic(ATTENTION, MAIL)
refuse_missing(
    ENABLED_STEPS,
    {"sap": SAP, "marketing": MARKETING, "ga4": GA4, "matomo": MATOMO, "webhook": WEBHOOK, "mail": MAIL},
)

PRINTER = read_settings("printer", PrinterSettings)
SPOOL_DIR = Path(read("str", "SHOP_SPOOL_DIR", "", validate=folder) or VAR_DIR / "spool").absolute()
if "printing" in ENABLED_STEPS:
    PERIODIC_TASKS["printing.tasks.watch_printers"] = PRINTER.poll

# --- The web process; what no variable changes stands in shop/framework.py ------------------------
# What an order's address begins with where no request tells it; without a / at the end.
PUBLIC_URL = read("str", "SHOP_PUBLIC_URL", "", validate=public_url).rstrip("/")
SLIP_TRACKING = read("bool", "SHOP_SLIP_TRACKING", False)
if SLIP_TRACKING and not PUBLIC_URL:
    raise ImproperlyConfigured("SHOP_SLIP_TRACKING needs SHOP_PUBLIC_URL: a code on paper can't lead to a path alone.")
BEHIND_PROXY = read("bool", "SHOP_BEHIND_PROXY", False)
DEBUG = read("bool", "SHOP_DEBUG", False)
CORS_ORIGINS = read("list", "SHOP_CORS_ORIGINS", [], validate=origins)
globals().update(cors(CORS_ORIGINS, MIDDLEWARE))
ALLOWED_HOSTS = read("list", "SHOP_ALLOWED_HOSTS", ["localhost", "127.0.0.1", "[::1]"], validate=hosts)

SECRET_KEY = str(read("str", "SHOP_SECRET_KEY", "")) or kept_key(VAR_DIR)
REST_FRAMEWORK["NUM_PROXIES"] = 1 if BEHIND_PROXY else 0
STATIC_ROOT = made(VAR_DIR / "static", "SHOP_VAR_DIR")

# --- Security: on behind HTTPS --------------------------------------------------------------------
HTTPS = read("bool", "SHOP_HTTPS", False)
CSRF_TRUSTED_ORIGINS = read("list", "SHOP_CSRF_TRUSTED_ORIGINS", [], validate=trusted_origins)
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_SSL_REDIRECT = HTTPS
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = HTTPS
if BEHIND_PROXY:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

# --- Logs carry order numbers, no names -----------------------------------------------------------
LOG_LEVEL = read("str", "SHOP_LOG_LEVEL", "INFO", validate=log_level)
LOG_FORMAT = read("str", "SHOP_LOG_FORMAT", "line", validate=log_format)
LOGGING = logs(LOG_LEVEL, LOG_FORMAT)
UNREAD = unread()  # Last: it tells of variables that nobody has read by then.
