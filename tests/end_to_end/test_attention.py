"""Operators are told: a whole desk with two workers, and a real mail server."""

from pathlib import Path

import pytest

from tests.end_to_end.conftest import OpenDesk
from tests.end_to_end.desk import wait_for
from tests.integrations.mail.running_mail_server import running


@pytest.mark.timeout(180)
def test_orders_that_sap_refuses_are_one_mail_whichever_worker_looks(open_desk: OpenDesk, tmp_path: Path) -> None:
    with running(tmp_path, "sap") as (server, variables):
        told = {"SHOP_ORDER_STEPS": "sap,statistics", "SHOP_ATTENTION_MAIL": "ops@shop.example"}
        desk = open_desk(dict(variables) | told, workers=2)
        desk.fail("sap", "400")
        numbers = [desk.post() for _ in range(4)]
        wait_for(lambda: {desk.state(number, "sap") for number in numbers} == {"parked"}, "SAP has refused all of them")
        wait_for(lambda: server.mails, "the operator has a mail", 60)
        [mail] = server.mails
        assert mail.to == ["ops@shop.example"]
        assert "sap: 4 steps are parked." in mail.read["Subject"]
        assert "Möller" not in mail.read.as_string()
        assert not any(number in mail.read.as_string() for number in numbers)
