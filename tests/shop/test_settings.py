"""What the environment may say, and that each wrong word is refused by name."""

import errno
import os
import re
import runpy
import sys
import traceback
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured

from shop import destinations, environment, running, watching
from shop.environment import read
from tests.servers import warm

ROOT = Path(__file__).parents[2]
SETTINGS = ROOT / "shop" / "settings.py"
QUICKSTART = ROOT / "shop" / "quickstart" / "__main__.py"
READERS = [SETTINGS, QUICKSTART, *(ROOT / "shop" / f"{name}.py" for name in ("destinations", "running", "watching"))]


def load(monkeypatch: pytest.MonkeyPatch, **variables: str) -> dict[str, Any]:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    return runpy.run_path(str(SETTINGS))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SHOP_ORDER_STEPS", "sap,fax"),
        ("SHOP_ORDER_STEPS", ""),
        ("SHOP_ORDER_REQUIRES", "adress"),
        ("SHOP_ORDER_REQUIRES", "shipping,customer_name"),
        ("SHOP_ORDER_RATE", "often"),
        ("SHOP_ORDER_RATE", "0/min"),
        ("SHOP_LANGUAGE", "Icelandic"),
        ("SHOP_LANGUAGE", "fi"),
        ("SHOP_LANGUAGE", "DE"),
        ("SHOP_LANGUAGE", ""),
        ("SHOP_TEMPLATES", "/nowhere"),
        ("SHOP_TEMPLATES", __file__),
        ("SHOP_TEMPLATES", str(Path(__file__).parent)),  # It has neither printing/ nor mail/ in it.
        ("SHOP_LOGO", "/nowhere.png"),
        ("SHOP_LOGO", __file__),
        ("SHOP_NAME", "Nordic\nThings"),
        ("SHOP_NAME", "Nordic\u202eThings"),
        ("SHOP_NAME", "\u200b"),
        ("SHOP_SENDER", "1|2|3|4|5|6|7"),
        ("SHOP_SENDER", "x" * 61),
        ("SHOP_SENDER", "one|two\tthree"),
        ("SHOP_SENDER", "one|\u202etwo"),
        ("SHOP_CURRENCY", "euro"),
        ("SHOP_CURRENCY", "eur"),
        ("SHOP_CURRENCY", "ABC"),
        ("SHOP_CURRENCY", "XXX"),
        ("SHOP_CURRENCY", ""),
        ("SHOP_CARRIERS", ""),
        ("SHOP_CARRIERS", "dhl,post"),
        ("SHOP_CARRIERS", "post=Post=http://post.example/{number}"),
        ("SHOP_TIME_ZONE", "Middle/Earth"),
        ("SHOP_DATABASE_URL", "my database"),
        ("SHOP_DATABASE_URL", "postgresql://desk@host:port/desk"),
        ("SHOP_BROKER_URL", "redis://localhost"),
        ("SHOP_INTAKE", "perhaps"),
        ("SHOP_INTAKE", "true"),  # Not with the embedded broker.
        ("SHOP_SLIP_TRACKING", "true"),  # Not without a public address.
        ("SHOP_PUBLIC_URL", "desk.example.com"),
        ("SHOP_CORS_ORIGINS", "*"),
        ("SHOP_CORS_ORIGINS", "shop.example.com"),
        ("SHOP_CORS_ORIGINS", "https://shop.example.com/"),
        ("SHOP_CORS_ORIGINS", "null"),
        ("SHOP_PUBLIC_URL", "https://desk:secret@example.com"),
        ("SHOP_CSRF_TRUSTED_ORIGINS", "desk.example.com"),
        ("SHOP_TRACES_URL", "collector:4318"),
        ("SHOP_TRACES_URL", "grpc://collector:4317"),
        ("SHOP_DEBUG", "perhaps"),
        ("SHOP_HTTPS", "perhaps"),
        ("SHOP_BEHIND_PROXY", "perhaps"),
        ("SHOP_LOG_LEVEL", "LOUD"),
        ("SHOP_MAIL_CA_FILE", __file__),  # No certificate is in it.
        ("SHOP_MAIL_CA_FILE", str(Path(__file__).parent)),
        ("SHOP_MAIL_CA_FILE", "x" * 300),
        ("SHOP_ALLOWED_HOSTS", ""),
        ("SHOP_ALLOWED_HOSTS", "https://desk.example.com"),
        ("SHOP_ALLOWED_HOSTS", "desk.example.com:443"),
        ("SHOP_ALLOWED_HOSTS", "desk.example.com,,shop.example.com"),
        ("SHOP_ALLOWED_HOSTS", "desk.example.com shop.example.com"),
        ("SHOP_CSRF_TRUSTED_ORIGINS", "http://[desk"),
        ("SHOP_CORS_ORIGINS", "https://*.example.com"),
        ("SHOP_CORS_ORIGINS", "https://shop.example.com:99999"),
        ("SHOP_PUBLIC_URL", "https://desk.example.com:99999"),
        ("SHOP_PUBLIC_URL", "https://[desk"),
        ("SHOP_DATABASE_URL", "mysql://desk:p@db/desk"),
        ("SHOP_DATABASE_URL", "postgresql://desk:p@db"),
        ("SHOP_DATABASE_URL", "sqlite://"),
        ("SHOP_DATABASE_URL", "sqlite://:memory:"),
        ("SHOP_STEP_TIME_LIMIT_SECONDS", "1" + "0" * 20),
        ("SHOP_STEP_GRACE_SECONDS", "1e300"),
        ("SHOP_RETRY_DELAYS_SECONDS", "10,1e300"),
        ("SHOP_SAP_REQUEST_LIMIT_SECONDS", "1e300"),
        ("SHOP_BREAKER_FAILURES", "1" + "0" * 20),
        ("SHOP_WORKER_CONCURRENCY", "100000"),
        ("SHOP_WORKER_CONCURRENCY", "0"),
        ("SHOP_WORKER_CONCURRENCY", "many"),
        ("SHOP_STEP_TIME_LIMIT_SECONDS", "1 minute"),
        ("SHOP_STEP_LEASE_SECONDS", "60"),
        ("SHOP_STEP_LEASE_SECONDS", "1800"),
        ("SHOP_STEP_GRACE_SECONDS", "-1"),
        ("SHOP_STEP_GRACE_SECONDS", "nan"),
        ("SHOP_SWEEP_INTERVAL_SECONDS", "0"),
        ("SHOP_RETRY_DELAYS_SECONDS", "10,soon"),
        ("SHOP_RETRY_DELAYS_SECONDS", ""),
        ("SHOP_BREAKER_FAILURES", "0"),
        ("SHOP_BREAKER_DELAY_SECONDS", "inf"),
        ("SHOP_SHUTDOWN_SECONDS", "0"),
        ("SHOP_SAP_URL", "sap.example.com"),
        ("SHOP_SAP_URL", ""),
        ("SHOP_SAP_CLIENT", "1"),
        ("SHOP_SAP_OAUTH_TOKEN_URL", "sap.example.com"),
        ("SHOP_SAP_CA_FILE", "/nowhere.pem"),
        ("SHOP_SAP_ORDER_TYPE", "12345"),
        ("SHOP_SAP_SALES_ORGANIZATION", "17100"),
        ("SHOP_SAP_DISTRIBUTION_CHANNEL", "100"),
        ("SHOP_SAP_DIVISION", "000"),
        ("SHOP_SAP_SOLD_TO", "12345678901"),
        ("SHOP_SAP_PARTNER_FUNCTION", "SHP"),
        ("SHOP_SAP_PARTNER_FUNCTION", "S"),
        ("SHOP_SAP_UNIT", "PIEC"),
        ("SHOP_SAP_PRICE_CONDITION", "PPR00"),
        ("SHOP_SAP_TEXT_ID", "TX001"),
        ("SHOP_SAP_TEXT_LANGUAGE", "ENG"),
        ("SHOP_SAP_REJECTION_REASON", "Z10"),
        ("SHOP_SAP_REQUEST_LIMIT_SECONDS", "0"),
        ("SHOP_MARKETING_URL", "ftp://x"),
        ("SHOP_MARKETING_WRITE_KEY", ""),
        ("SHOP_GA4_URL", "ftp://x"),
        ("SHOP_MATOMO_URL", "ftp://x"),
        ("SHOP_MAIL_HOST", "smtp://mail.example.com"),
        ("SHOP_MAIL_HOST", "mail.example.com:587"),
        ("SHOP_MAIL_HOST", "mail.example.com,other.example.com"),
        ("SHOP_MAIL_PORT", "0"),
        ("SHOP_MAIL_PORT", "65536"),
        ("SHOP_MAIL_SECURITY", "ssl"),
        ("SHOP_MAIL_SECURITY", "none"),  # Not over a network.
        ("SHOP_MAIL_UNENCRYPTED", "perhaps"),
        ("SHOP_MAIL_CA_FILE", "/nowhere.pem"),
        ("SHOP_MAIL_USER", "desk\n"),
        ("SHOP_MAIL_SENDER", "Shop <orders@example.com>"),
        ("SHOP_MAIL_SENDER", "börders@example.com"),
        ("SHOP_MAIL_REPLY_TO", "nobody"),
        ("SHOP_WEBHOOK_URL", "ftp://x"),
        ("SHOP_WEBHOOK_SECRET", "whsec_short"),
        ("SHOP_PRINTER_URL", "http://printer/p"),
        ("SHOP_PRINTER_URL", "ipp://"),
        ("SHOP_PRINTER_PAPER", "a3"),
        ("SHOP_COUNTRY", "Germany"),
        ("SHOP_COUNTRY", "de"),
        ("SHOP_COUNTRY", "XX"),
        ("SHOP_PRINTER_KEEPS_HISTORY", "perhaps"),
        ("SHOP_PRINTER_CA_FILE", "/nowhere.pem"),
        ("SHOP_PRINTER_POLL_SECONDS", "0"),
    ],
)
def test_a_malformed_or_missing_value_is_refused_by_name(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    with pytest.raises(ImproperlyConfigured, match=name):
        load(monkeypatch, **{name: value})


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("SHOP_WORKER_CONCURRENCY", "eight", "it must be a whole number, without a unit: 30, for example."),
        ("SHOP_STEP_TIME_LIMIT_SECONDS", "60s", "it must be a whole number, without a unit: 30, for example."),
        ("SHOP_SWEEP_INTERVAL_SECONDS", "1,5", "it must be a number, without a unit: 30 or 0.5, for example."),
        ("SHOP_HTTPS", "", "it must be true or false."),
        (
            "SHOP_RETRY_DELAYS_SECONDS",
            "10s",
            "they are numbers of seconds with commas between them, for example 10,30,120.",
        ),
    ],
)
def test_a_value_of_another_kind_is_told_in_words(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, said: str
) -> None:
    with pytest.raises(ImproperlyConfigured) as caught:
        load(monkeypatch, **{name: value})
    assert str(caught.value) == f"{name}: {said}"


def test_hosts_and_origins_may_be_all_below_a_name(monkeypatch: pytest.MonkeyPatch) -> None:
    below = {"SHOP_ALLOWED_HOSTS": ".example.com, [::1]", "SHOP_CSRF_TRUSTED_ORIGINS": "https://*.example.com:8443"}
    loaded = load(monkeypatch, **below)
    assert loaded["ALLOWED_HOSTS"] == [".example.com", "[::1]"]
    assert loaded["CSRF_TRUSTED_ORIGINS"] == ["https://*.example.com:8443"]


def test_who_wants_another_language_is_told_which_there_are(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ImproperlyConfigured, match="SHOP_LANGUAGE: write one of en, de, fr, es, is\\."):
        load(monkeypatch, SHOP_LANGUAGE="fi")


@pytest.mark.parametrize("between", ["|", " | ", "\n", "\r\n", "\\n", "||"])
def test_a_sender_has_lines(monkeypatch: pytest.MonkeyPatch, between: str) -> None:
    loaded = load(monkeypatch, SHOP_SENDER=between.join(["Nordic Things", "Laugavegur 1", "101 Reykjavík"]))
    assert loaded["SHOP_SENDER"] == ["Nordic Things", "Laugavegur 1", "101 Reykjavík"]
    assert load(monkeypatch, SHOP_SENDER="")["SHOP_SENDER"] == []


@pytest.mark.parametrize("name", ["SHOP_BROKER_URL", "SHOP_DATABASE_URL", "SHOP_WEBHOOK_URL"])
@pytest.mark.parametrize("rest", ["hunq7Zv@host:port/x", "hun@q7Zv@host/x", "12/hunq7Zv@host/x", "hunq7Zv%zz@host/x"])
def test_what_is_refused_is_not_said_aloud_where_it_is_a_secret(
    monkeypatch: pytest.MonkeyPatch, name: str, rest: str
) -> None:
    scheme = {"SHOP_BROKER_URL": "amqp", "SHOP_DATABASE_URL": "postgresql", "SHOP_WEBHOOK_URL": "https"}[name]
    with pytest.raises(ImproperlyConfigured, match=f"{name}.*percent-encode") as caught:
        load(monkeypatch, **{name: f"{scheme}://desk:{rest}"})
    assert "q7Zv" not in "".join(traceback.format_exception(caught.value))
    assert "\n" not in str(caught.value)


def test_a_destination_that_is_left_out_needs_no_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    loaded = load(monkeypatch, SHOP_ORDER_STEPS="printing", SHOP_SAP_URL="", SHOP_MARKETING_WRITE_KEY="")
    assert list(loaded["ENABLED_STEPS"]) == ["printing"]


def test_what_every_order_must_have_is_a_list_of_fields(monkeypatch: pytest.MonkeyPatch) -> None:
    assert load(monkeypatch)["ORDER_REQUIRES"] == ()
    assert load(monkeypatch, SHOP_ORDER_REQUIRES="shipping,email")["ORDER_REQUIRES"] == ("shipping", "email")
    assert load(monkeypatch, SHOP_ORDER_REQUIRES="")["ORDER_REQUIRES"] == ()


def test_orders_come_in_over_rabbitmq_unless_that_is_switched_off(monkeypatch: pytest.MonkeyPatch) -> None:
    assert load(monkeypatch)["INTAKE"] is False  # The embedded broker has no exchange for them.
    assert load(monkeypatch, SHOP_BROKER_URL="amqp://mq")["INTAKE"] is True
    assert load(monkeypatch, SHOP_BROKER_URL="amqp://mq", SHOP_INTAKE="false")["INTAKE"] is False


@pytest.fixture
def variables(monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """Every variable that is read at the start of the desk, or of the first look at it."""
    asked = set(re.findall(r'read\("\w+", "(SHOP_\w+)"', QUICKSTART.read_text()))

    def noted(kind: str, name: str, *default: Any, **options: Any) -> Any:
        asked.add(name)
        return read(kind, name, *default, **options)

    for module in (environment, destinations, running, watching):
        monkeypatch.setattr(module, "read", noted)
    load(monkeypatch)
    return asked


def test_every_variable_that_is_read_is_explained(variables: set[str]) -> None:
    example = (ROOT / ".env.example").read_text()
    assert len(variables) > 30
    assert set(re.findall(r"^#?(SHOP_\w+)=", example, re.M)) == variables


def test_the_environment_is_read_in_the_settings_alone() -> None:
    sources = [path for app in ("orders", "integrations", "printing", "shop") for path in (ROOT / app).rglob("*.py")]
    readers = {
        path
        for path in sources
        if re.search(r"from shop.environment import (?:\([^)]*|.*)\bread\b|os\.getenv", path.read_text())
    }
    assert readers == set(READERS)


def test_a_secret_key_is_made_once_and_only_its_owner_can_read_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    first = load(monkeypatch, SHOP_VAR_DIR=str(tmp_path), SHOP_SECRET_KEY="")["SECRET_KEY"]
    assert len(first) >= 50
    assert load(monkeypatch)["SECRET_KEY"] == first
    assert (tmp_path / "secret_key").stat().st_mode & 0o777 == 0o600


def test_an_empty_secret_key_that_a_full_disk_left_is_made_anew(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "secret_key").touch()
    assert len(load(monkeypatch, SHOP_VAR_DIR=str(tmp_path), SHOP_SECRET_KEY="")["SECRET_KEY"]) >= 50
    assert [path.name for path in tmp_path.glob("*secret_key*")] == ["secret_key"]


def test_a_full_disk_leaves_no_draft_of_a_secret_key(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def full(path: Path, text: str) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(Path, "write_text", full)
    with pytest.raises(ImproperlyConfigured, match="secret_key can't be used: No space left on device"):
        load(monkeypatch, SHOP_VAR_DIR=str(tmp_path), SHOP_SECRET_KEY="")
    assert not list(tmp_path.glob("*secret_key*"))


@pytest.mark.parametrize("place", ["", "static", "secret_key", "below"])
def test_a_folder_that_can_not_be_used_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, place: str) -> None:
    """A file, or a folder, stands where the other should: that stops root too."""
    var_dir = tmp_path / "var"
    if place == "secret_key":
        (var_dir / place).mkdir(parents=True)
        (var_dir / place / "x").touch()
    elif place == "static":
        var_dir.mkdir()
        (var_dir / place).touch()
    else:
        var_dir.touch()
    with pytest.raises(ImproperlyConfigured, match=rf"{var_dir}.* can't be used: ") as caught:
        load(monkeypatch, SHOP_VAR_DIR=str(var_dir / "x" if place == "below" else var_dir), SHOP_SECRET_KEY="")
    assert "SHOP_" in str(caught.value)


@pytest.mark.parametrize("given", ["{file}", "{file}/below", "a\x01b", "x" * 300])
def test_a_folder_of_slips_that_can_not_be_one_is_refused_at_the_start(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, given: str
) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(ImproperlyConfigured, match=r"^SHOP_SPOOL_DIR: "):
        load(monkeypatch, SHOP_SPOOL_DIR=given.replace("{file}", str(tmp_path / "file")))


def test_a_folder_of_slips_that_is_not_there_yet_is_none_that_is_wrong(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    assert load(monkeypatch, SHOP_SPOOL_DIR=str(tmp_path / "of" / "slips"))["SPOOL_DIR"] == tmp_path / "of" / "slips"


def test_a_folder_that_is_named_by_nothing_is_the_usual_one(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    found = load(monkeypatch, SHOP_VAR_DIR=str(tmp_path), SHOP_SPOOL_DIR="")
    assert found["SPOOL_DIR"] == tmp_path / "spool"


def test_what_the_desk_makes_is_its_owners_alone(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    load(monkeypatch, SHOP_VAR_DIR=str(tmp_path / "var"))
    assert (tmp_path / "var").stat().st_mode & 0o777 == 0o700


def test_djangos_check_for_production_finds_nothing(tmp_path: Path) -> None:
    production = {
        "SHOP_VAR_DIR": str(tmp_path),
        "SHOP_ENV_FILE": "",
        "SHOP_HTTPS": "true",
        "SHOP_SECRET_KEY": "x" * 20 + "abcdefghij0123456789-ABCDEFGHIJ" + "y",
        "SHOP_ALLOWED_HOSTS": "desk.example.com",
        "DJANGO_SETTINGS_MODULE": "shop.settings",
    }
    ran = warm.run(
        [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING"],
        cwd=ROOT,
        env=os.environ | production,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    assert "no issues" in ran.stdout
