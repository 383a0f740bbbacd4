"""The settings, as far as they were taken: what Django's own checks say, and what is for a first look only."""

from django.conf import settings
from django.core import checks

from shop.operations.doctor.finding import BROKEN, OK, WARNING, Finding, Findings

NAME = "settings"


def check(until: float) -> Findings:
    yield Finding(NAME, OK, f"They are taken; every order goes to {', '.join(settings.ENABLED_STEPS)}.")
    if settings.DEBUG:
        yield Finding(NAME, WARNING, "SHOP_DEBUG is on: errors show code and settings.", "Leave it out in production.")
    if settings.BROKER_EMBEDDED and not settings.DATABASE_EMBEDDED:
        said = "Messages are files on this machine (SHOP_BROKER_URL is not set), and the database is a server."
        yield Finding(NAME, WARNING, said, "Set SHOP_BROKER_URL: workers on other machines get nothing.")
    for name, nearest in settings.UNREAD.items():
        yield Finding(
            NAME, WARNING, f"No setting is called {name}.", f"Is it {nearest}?" if nearest else "Take it out."
        )
    for message in checks.run_checks(include_deployment_checks=settings.HTTPS):
        if not message.is_silenced():
            level = BROKEN if message.is_serious() else WARNING
            yield Finding(NAME, level, f"{message.id}: {message.msg}", message.hint or "")
