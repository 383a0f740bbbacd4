"""Traces for an OpenTelemetry collector, by OTLP over HTTP. Without SHOP_TRACES_URL none of it is imported.

The request or message that places an order has its trace, the client's or the desk's own; the order keeps its
`traceparent`. Each attempt at a step is a trace of its own, with a link to that one: it may come days later, and more
than once. (Stock instrumentation of Celery is no help: messages are made of templates, so an order would carry another
one's trace.)
"""

from django.conf import settings

from orders.intake import hook as intake_hook
from orders.steps import hook


def install() -> None:
    """Puts spans around the attempts of this process and of those that it forks, if traces are on."""
    if settings.WATCHING.traces_url:
        from shop.operations.traces import attempts, messages, tracer

        hook.around = attempts.traced
        intake_hook.around = messages.traced
        tracer.follow_the_pool()


def begin() -> None:
    """In a process that was just forked: its first request need not wait until all is made."""
    if settings.WATCHING.traces_url:
        from shop.operations.traces.tracer import tracer

        tracer()
