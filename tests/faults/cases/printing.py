"""What can go wrong with printers."""

import socket
import time

from tests.faults.cases import fault
from tests.faults.world import World, wait_for

SILENT = 9
ADDED = (
    "INSERT INTO printing_printer (name, url, station, paper, active, takes_slips, keeps_history, state, reasons,"
    " holding, check_paper) VALUES (%s, %s, '', 'a4', true, true, false, 'unknown', '', false, false)"
)
PRINTED = "SELECT count(*) FROM printing_printjob WHERE state = 'done'"
BLOCKED = "SELECT count(*) FROM printing_printer WHERE holding"
# Of the printers' jobs: those that the well printer has still to get.
LATE = (
    "SELECT count(*) FROM orders_step s LEFT JOIN printing_printjob j USING (order_id) LEFT JOIN printing_printer p"
    " ON p.id = j.printer_id WHERE s.name = 'printing' AND s.state <> 'done' AND (p.id IS NULL OR p.url = 'spool:')"
)


def _count(world: World, statement: str) -> int:
    return int(world.query(statement)[0][0])


@fault(37)
def spool_folder_away(world: World, orders: int) -> None:
    """Spool folder renamed away for a poll, and back, under load."""
    world.load.burst(orders // 2)
    wait_for(lambda: not world.open_steps(), "the first slips lay in the folder")
    printed = _count(world, PRINTED)
    away = world.spool.with_name("away")
    world.spool.rename(away)
    try:
        with world.load.steady(10):
            wait_for(lambda: _count(world, BLOCKED), "a poll missed the folder", 20)
            time.sleep(orders / 20)
        assert not world.spool.exists(), "another folder was made"
        assert _count(world, PRINTED) == printed, "slips that are away count as printed"
        assert world.open_steps(), "no slip waited"
    finally:
        away.rename(world.spool)


@fault(38)
def silent_printers(world: World, orders: int) -> None:
    """Nine printers that accept and say nothing beside the spool folder."""
    listeners = [socket.create_server(("127.0.0.1", 0), backlog=100) for _ in range(SILENT)]
    try:
        world.load.burst(1)
        wait_for(lambda: not world.open_steps(), "the spool folder was a printer")
        for n, listener in enumerate(listeners):
            world.query(ADDED, f"A{n}", f"ipp://127.0.0.1:{listener.getsockname()[1]}/ipp/print")
        wait_for(lambda: _count(world, BLOCKED) == SILENT, "the silent ones were found silent", 20)
        world.query("UPDATE printing_printer SET takes_slips = true")
        world.load.burst(max(3 * SILENT, orders))
        wait_for(lambda: not _count(world, LATE), "the well printer had its slips", 10)
        assert _count(world, BLOCKED) == SILENT
        assert world.open_steps() > 1, "nothing waited for the silent printers"
    finally:
        for listener in listeners:
            listener.close()
