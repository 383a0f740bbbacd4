"""The way that PEER names."""

from importlib import import_module
from types import ModuleType

from django.conf import settings


def way() -> ModuleType:
    return import_module(f"peershop.by_{settings.PEER}")
