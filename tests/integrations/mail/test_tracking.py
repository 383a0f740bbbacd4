"""The mail asks `orders.carriers` for a parcel's page, if there is such a file."""

import sys
from importlib.machinery import ModuleSpec
from types import ModuleType

import pytest

from integrations.mail import tracking


def test_without_carriers_a_parcel_has_its_number_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tracking, "CARRIERS", "orders.no_carriers")
    assert tracking.tracking_url("dhl", "0034") == ""
    assert tracking.carrier_name("dhl") == "dhl"


def test_the_shops_carriers_are_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    carriers = ModuleType("orders.some_carriers")
    carriers.__spec__ = ModuleSpec("orders.some_carriers", None)
    monkeypatch.setattr(carriers, "tracking_url", lambda carrier, number: f"https://{carrier}/{number}", raising=False)
    monkeypatch.setattr(carriers, "carrier_name", lambda carrier: carrier.upper(), raising=False)
    monkeypatch.setitem(sys.modules, "orders.some_carriers", carriers)
    monkeypatch.setattr(tracking, "CARRIERS", "orders.some_carriers")
    assert tracking.tracking_url("dhl", "0034") == "https://dhl/0034"
    assert tracking.carrier_name("dhl") == "DHL"
