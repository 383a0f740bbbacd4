"""A secret that would sign with other bytes than the receiver verifies with is refused at the start, by name."""

import base64
import os
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from standardwebhooks import Webhook

from integrations.webhook.settings import signing_secret
from tests.servers import warm

KEY = base64.b64encode(bytes(range(200, 232))).decode()  # 32 bytes: one = at the end
SECRET = "whsec_" + KEY
WRONG = {
    "a signature's version": "v1," + SECRET,
    "a space before": " " + SECRET,
    "a space after": SECRET + " ",
    "a space within": SECRET[:20] + " " + SECRET[20:],
    "a space after the prefix": "whsec_ " + KEY,
    "a line's end": SECRET + "\n",
    "a tab": "\t" + SECRET,
    "a no-break space": SECRET + "\xa0",
    "an invisible character": SECRET[:9] + "\u200b" + SECRET[9:],
    "a byte order mark": "\ufeff" + SECRET,
    "in quotes": f'"{SECRET}"',
    "in single quotes": f"'{SECRET}'",
    "in curly quotes": f"“{SECRET}”",
    "a quote before": '"' + SECRET,
    "in capitals": SECRET.upper(),
    "a prefix in capitals": "WHSEC_" + KEY,
    "a prefix with a capital": "Whsec_" + KEY,
    "the prefix twice": "whsec_" + SECRET,
    "another prefix": "whpk_" + KEY,
    "a dash": "whsec-" + KEY,
    "the prefix alone": "whsec_",
    "too short": "whsec_" + base64.b64encode(bytes(23)).decode(),
    "without its =": SECRET.rstrip("="),
    "one = too many": SECRET + "=",
    "cut off": SECRET[:-3],
    "more than one secret": f"{SECRET},{SECRET}",
    "base64 for URLs": "whsec_" + KEY.replace("/", "_").replace("+", "-"),
    "bits left over": SECRET[:-2] + chr(ord(SECRET[-2]) + 1) + "=",
    "hexadecimal with a colon": "whsec_" + "ab:" * 20,
    "other letters": SECRET.replace("y", "у"),
}


@pytest.mark.parametrize("secret", WRONG.values(), ids=WRONG)
def test_what_a_library_could_read_otherwise_is_refused(secret: str) -> None:
    assert secret != SECRET
    with pytest.raises(ValueError, match="at least 24 random bytes in base64"):
        signing_secret(secret)


@pytest.mark.parametrize("secret", ["", SECRET, KEY, "whsec_" + base64.b64encode(bytes(24)).decode()])
def test_what_every_library_reads_alike_is_taken(secret: str) -> None:
    signing_secret(secret)


@given(st.binary(min_size=24, max_size=64))
def test_any_bytes_in_base64_are_taken_and_sign_with_those_very_bytes(key: bytes) -> None:
    secret = "whsec_" + base64.b64encode(key).decode()
    signing_secret(secret)
    assert Webhook(secret)._whsecret == key


@pytest.mark.parametrize("wrong", ["a signature's version", "in quotes", "in capitals", "a space after", "too short"])
def test_no_process_starts_and_it_says_so_in_one_line_without_the_secret(tmp_path: Path, wrong: str) -> None:
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(("SHOP_", "DJANGO_"))}
    ours = {"SHOP_ENV_FILE": "", "SHOP_VAR_DIR": str(tmp_path), "SHOP_ORDER_STEPS": "statistics"}
    ran = warm.run(
        [sys.executable, "manage.py", "check"],
        cwd=Path(__file__).parents[3],
        env=inherited | ours | {"SHOP_WEBHOOK_SECRET": WRONG[wrong]},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 3
    [line] = ran.stderr.splitlines()
    assert line.startswith("Refused to start: SHOP_WEBHOOK_SECRET: it must be whsec_")
    assert KEY[:12].lower() not in line.lower()
