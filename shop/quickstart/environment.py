"""What a first look takes from the environment and from `.env`: an allow-list, and it says what it leaves out.

A demo's orders must reach no real system, whatever is set. So a variable that is not named here is not handed to the
desk's processes: new destinations, proxies and other programs' variables are left out without anybody thinking of them.
"""

from collections.abc import Iterable, Mapping, MutableMapping
from dataclasses import dataclass, field

from integrations.sandbox.environment import environment as sandbox_environment

# Of the machine, not of the desk.
MACHINE = {
    "PATH", "HOME", "USER", "LOGNAME", "SHELL", "TERM", "COLUMNS", "NO_COLOR", "LANG", "LANGUAGE", "TZ", "TMPDIR",
    "XDG_CACHE_HOME", "XDG_RUNTIME_DIR", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "DYLD_FALLBACK_LIBRARY_PATH",
}  # fmt: skip
MACHINE_PREFIXES = ("LC_", "PYTHON", "PG")  # PG…: how libpq reaches the database that SHOP_DATABASE_URL names.

# Settings that lead nowhere: from `.env` too.
HARMLESS = {
    "SHOP_NAME", "SHOP_LANGUAGE", "SHOP_TEMPLATES", "SHOP_LOGO", "SHOP_SENDER",
    "SHOP_CURRENCY", "SHOP_COUNTRY", "SHOP_TIME_ZONE", "SHOP_ORDER_STEPS", "SHOP_ORDER_RATE", "SHOP_PORT", "SHOP_DEBUG",
    "SHOP_LOG_LEVEL", "SHOP_LOG_FORMAT", "SHOP_PRINTER_PAPER", "SHOP_PRINTER_POLL_SECONDS", "SHOP_WORKER_CONCURRENCY",
    "SHOP_STEP_TIME_LIMIT_SECONDS", "SHOP_STEP_LEASE_SECONDS", "SHOP_STEP_GRACE_SECONDS",
    "SHOP_SWEEP_INTERVAL_SECONDS", "SHOP_RETRY_DELAYS_SECONDS", "SHOP_BREAKER_FAILURES", "SHOP_BREAKER_DELAY_SECONDS",
    "SHOP_SHUTDOWN_SECONDS", "SHOP_DEAD_LETTER_DAYS",
    "SHOP_KEEP_ATTEMPT_DAYS", "SHOP_KEEP_SENT_LETTER_DAYS", "SHOP_KEEP_SLIP_DAYS", "SHOP_KEEP_RECORD_DAYS",
    "SHOP_EVENTS", "SHOP_EVENT_NAMES", "SHOP_EVENT_DAYS", "SHOP_CARRIERS",
}  # fmt: skip
# What is set for this very start. In `.env` they are the real desk's.
ITS_OWN = {
    "SHOP_VAR_DIR", "SHOP_DATABASE_URL", "SHOP_BROKER_URL", "SHOP_BROKER_MANAGEMENT_URL", "SHOP_INTAKE",
    "SHOP_SECRET_KEY", "SHOP_GUEST_ORDERS", "SHOP_GUEST_CANCEL", "SHOP_INSTANCE", "SHOP_WORKER_ALIVE_FILE",
}  # fmt: skip
USED_BEFORE = {"SHOP_ENV_FILE", "SHOP_VENV"}  # To find `.env`, and the Python that runs this.
WEB = {
    "SHOP_HTTPS",
    "SHOP_PUBLIC_URL",
    "SHOP_BEHIND_PROXY",
    "SHOP_ALLOWED_HOSTS",
    "SHOP_CSRF_TRUSTED_ORIGINS",
    "SHOP_CORS_ORIGINS",
    "SHOP_SLIP_TRACKING",
    "SHOP_METRICS_TOKEN",
}
COLLECTOR = {"SHOP_TRACES_URL"}  # Its traces are the real desk's.
BARE = {"SHOP_ORDER_REQUIRES"}  # Some of a first look's own orders have a name and products alone.
DESTINATIONS = ("SAP", "MARKETING", "GA4", "MATOMO", "WEBHOOK", "MAIL", "PRINTER", "SPOOL", "ATTENTION")

# Steps that have no stand-in.
FURTHER = ("ga4", "matomo", "webhook", "mail")


@dataclass
class Taken:
    """The environment of a first look, and lines that tell what of the given one is not in it."""

    environment: dict[str, str] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)


def take(given: Mapping[str, str], file: Mapping[str, str], file_name: str = ".env") -> Taken:
    """What the process was `given` wins over what the `file` says."""
    taken = Taken({name: value for name, value in given.items() if _is_machine(name)})
    from_file = {name: value for name, value in file.items() if name in HARMLESS}
    from_here = {name: value for name, value in given.items() if name in HARMLESS | ITS_OWN}
    taken.environment |= from_file | from_here
    left = _why_left_out(name for name in file if name not in HARMLESS)
    if from_file or left:
        used = f"{', '.join(from_file)} used" if from_file else "nothing used"
        taken.notes.append(f"{file_name}: {used}" + (f"; left out: {left}" if left else ""))
    shop = [name for name in given if name.startswith("SHOP_") and name not in HARMLESS | ITS_OWN | USED_BEFORE]
    if shop:
        taken.notes.append(f"Environment: left out: {_why_left_out(shop)}")
    _leave_out_steps(taken)
    return taken


def _is_machine(name: str) -> bool:
    return name in MACHINE or name.startswith(MACHINE_PREFIXES)


def _why_left_out(names: Iterable[str]) -> str:
    """For example "SHOP_SAP_* (stand-ins take their place), SHOP_HTTPS (it serves this machine, by http)"."""
    groups: dict[str, list[str]] = {}
    for name in names:
        short, reason = _reason(name)
        if short not in groups.setdefault(reason, []):
            groups[reason].append(short)
    return "; ".join(f"{', '.join(short)} ({reason})" for reason, short in groups.items())


def _reason(name: str) -> tuple[str, str]:
    destination = next((word for word in DESTINATIONS if name.startswith(f"SHOP_{word}_")), "")
    if destination:
        return f"SHOP_{destination}_*", "orders of a first look reach stand-ins alone"
    if name in ITS_OWN:
        return name, "it keeps its own data; set it in the environment to use it here"
    if name in WEB:
        return name, "it serves this machine alone, by http"
    if name in COLLECTOR:
        return name, "what a first look does is not told elsewhere"
    if name in BARE:
        return name, "some of its orders have a name and products alone"
    return name, "no setting of a first look"


def _leave_out_steps(taken: Taken) -> None:
    """Steps without a stand-in. What is no step at all is left for the settings to refuse."""
    wanted = [name.strip() for name in taken.environment.get("SHOP_ORDER_STEPS", "").split(",")]
    out = [name for name in wanted if name in FURTHER]
    if not out:
        return
    rest = [name for name in wanted if name not in FURTHER]
    taken.notes.append(f"SHOP_ORDER_STEPS: left out: {', '.join(out)} (there is no stand-in for it)")
    del taken.environment["SHOP_ORDER_STEPS"]
    if rest:
        taken.environment["SHOP_ORDER_STEPS"] = ",".join(rest)


def prepare(environment: MutableMapping[str, str], taken: Taken) -> None:
    """Makes the process's environment the one that was taken."""
    environment.clear()
    environment.update(taken.environment)
    environment["SHOP_ENV_FILE"] = ""
    environment["DJANGO_SETTINGS_MODULE"] = "shop.settings"
    environment.setdefault("SHOP_WORKER_CONCURRENCY", "4")


def point_at_sandbox(environment: MutableMapping[str, str], port: int) -> None:
    """Its SAP and marketing are the stand-ins there."""
    environment.update(sandbox_environment(f"http://127.0.0.1:{port}"))
