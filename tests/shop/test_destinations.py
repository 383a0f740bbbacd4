"""How a dataclass of settings is read from the environment."""

from dataclasses import dataclass, field, fields
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any

import pytest
import trustme
from django.conf import settings as django_settings
from django.core.exceptions import ImproperlyConfigured

from integrations.ga4.settings import GA4Settings
from integrations.matomo.settings import MatomoSettings
from integrations.sap.settings import SapSettings
from integrations.segment.settings import SegmentSettings
from integrations.webhook.settings import WebhookSettings
from shop.destinations import read_settings, refuse_missing


def lower_case(text: str) -> None:
    if text != text.lower():
        raise ValueError("write it in small letters.")


@dataclass(frozen=True, kw_only=True)
class FaxSettings:
    number: str
    station: Annotated[str, lower_case] = "office"
    password: str = field(default="", repr=False)
    loud: bool = False
    codes: frozenset[str] = frozenset({"busy"})
    ca_file: Path | None = None
    pause: timedelta = timedelta(minutes=1)

    @property
    def also_needed(self) -> tuple[str, ...]:
        return ("password",) if self.loud else ()


def fax(monkeypatch: pytest.MonkeyPatch, **variables: str) -> FaxSettings:
    for name, value in variables.items():
        monkeypatch.setenv(f"SHOP_FAX_{name}", value)
    return read_settings("fax", FaxSettings)


def test_a_variable_is_named_after_destination_and_field_and_read_by_its_type(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    authority = tmp_path / "ca.pem"
    trustme.CA().cert_pem.write_to_path(str(authority))
    given = {"NUMBER": "4711", "STATION": "cellar", "PASSWORD": "x", "LOUD": "true", "CODES": "busy,off"}
    found = fax(monkeypatch, **given, CA_FILE=str(authority), PAUSE_SECONDS="1.5")
    assert found == FaxSettings(
        number="4711",
        station="cellar",
        password="x",
        loud=True,
        codes=frozenset({"busy", "off"}),
        ca_file=authority,
        pause=timedelta(seconds=1.5),
    )


def test_what_is_not_set_has_its_default_and_what_has_none_is_empty(monkeypatch: pytest.MonkeyPatch) -> None:
    assert fax(monkeypatch) == FaxSettings(number="")
    assert fax(monkeypatch, CA_FILE="") == FaxSettings(number="")


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("STATION", "Cellar", "write it in small letters"),
        ("LOUD", "very", "true or false"),
        ("CA_FILE", "/nowhere.pem", "No such file"),
        ("PAUSE_SECONDS", "0", "more than 0"),
        ("PAUSE_SECONDS", "inf", "a number, without a unit"),
        ("PAUSE_SECONDS", "a while", "number"),
    ],
)
def test_a_malformed_value_is_refused_by_name(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, words: str
) -> None:
    with pytest.raises(ImproperlyConfigured, match=f"SHOP_FAX_{name}: .*{words}"):
        fax(monkeypatch, **{name: value})


def test_what_a_step_that_is_on_lacks_is_named_and_how_to_do_without() -> None:
    given = {"fax": FaxSettings(number="", loud=True), "pigeon": FaxSettings(number="1")}
    with pytest.raises(ImproperlyConfigured) as caught:
        refuse_missing(["fax", "pigeon"], given)
    assert str(caught.value) == (
        "Settings are missing: the step 'fax' needs SHOP_FAX_NUMBER, SHOP_FAX_PASSWORD. Set them, or leave the steps "
        "out: SHOP_ORDER_STEPS=pigeon"
    )
    refuse_missing(["pigeon"], given)


@pytest.mark.parametrize(
    ("logon", "lacks"),
    [
        ({}, "SHOP_SAP_USER, SHOP_SAP_PASSWORD"),
        ({"oauth_token_url": "https://logon"}, "SHOP_SAP_OAUTH_CLIENT_ID, SHOP_SAP_OAUTH_CLIENT_SECRET"),
        ({"user": "u", "password": "p"}, ""),
        ({"oauth_token_url": "https://logon", "oauth_client_id": "i", "oauth_client_secret": "s"}, ""),
    ],
)
def test_sap_needs_a_user_or_a_client_of_its_logon_service(logon: dict[str, str], lacks: str) -> None:
    places = {"sales_organization": "1710", "distribution_channel": "10", "division": "00", "sold_to": "17100001"}
    given: dict[str, Any] = {"url": "https://sap", **places, **logon}
    try:
        refuse_missing(["sap"], {"sap": SapSettings(**given)})
        said = ""
    except ImproperlyConfigured as error:
        said = str(error)
    assert said == (f"Settings are missing: the step 'sap' needs {lacks}. Set them." if lacks else "")


SECRETS = {"password", "oauth_client_secret", "write_key", "api_secret", "token", "secret", "former_secret"}


@pytest.mark.parametrize("kind", [SapSettings, SegmentSettings, GA4Settings, MatomoSettings, WebhookSettings])
def test_secrets_are_not_shown_where_settings_are(kind: Any) -> None:
    """On Django's debug page, in a traceback with its variables: neither knows what is secret in an object."""
    hidden = {one.name for one in fields(kind) if not one.repr}
    assert hidden == SECRETS & {one.name for one in fields(kind)}
    assert hidden


def test_the_settings_are_the_destinations_own() -> None:
    assert isinstance(django_settings.SAP, SapSettings)
    assert django_settings.SAP.service.endswith("/API_SALES_ORDER_SRV/")
    assert django_settings.MARKETING.write_key == "only-for-tests"


def test_a_default_that_somebody_replaced_by_nothing_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    given = fax(monkeypatch, NUMBER="4711", STATION="", CODES="")
    with pytest.raises(ImproperlyConfigured, match=r"the step 'fax' needs SHOP_FAX_STATION. Set them"):
        refuse_missing(["fax"], {"fax": given})
    refuse_missing(["sap"], {"fax": given})
