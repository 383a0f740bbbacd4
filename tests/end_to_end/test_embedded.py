"""Damaged files in the embedded broker's folders, before a worker starts and while it runs."""

from pathlib import Path

from tests.end_to_end.conftest import OpenDesk

DAMAGE = {"empty": b"", "cut": b'{"body": "W10=", "pro', "foreign": b"\xff\xfe", "older": b'{"properties": {}}'}
QUEUES = ("sap", "marketing", "printing", "desk")


def damage(broker: Path) -> None:
    for folder in ("messages", "control"):
        (broker / folder).mkdir(parents=True, exist_ok=True)
    for name, content in DAMAGE.items():
        for queue in QUEUES:
            (broker / "messages" / f"0_{name}.{queue}.msg").write_bytes(content)
    for exchange in (*QUEUES, "celery.pidbox"):
        (broker / "control" / f"{exchange}.exchange").write_bytes(b"")


def test_damaged_files_end_no_worker_and_lose_no_order(open_desk: OpenDesk) -> None:
    desk = open_desk({}, workers=1)
    desk.wait_until_processed(desk.post())
    broker = desk.var_dir / "broker"
    damage(broker)
    during = desk.post()
    desk.wait_until_processed(during)
    desk.processes["worker1"].stop()
    damage(broker)
    before = desk.post()
    worker = desk.start_worker("worker2")
    desk.wait_until_processed(before)
    assert worker.running
    assert all(count == 1 for count in desk.sap_orders().values())
    assert len(desk.sap_orders()) == 3
