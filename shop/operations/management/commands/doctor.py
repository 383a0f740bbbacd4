"""`manage.py doctor`: what is wrong, and what to do."""

import json
import logging
from typing import Any

from django.core.management.base import CommandParser

from shop.operations.doctor import deadline, patience
from shop.operations.doctor.examination import CHECKS, examine
from shop.operations.doctor.finding import BROKEN, Finding, code, report
from shop.operations.program import Program


class Command(Program):
    interrupted = BROKEN
    help = (
        "Looks at settings, database, broker, workers, disk, printers and destinations, side by side, and says of each "
        "that it is well or what to do. It creates nothing, and ends within 20 seconds. "
        "Exit code 0: all is well; 1: warnings; 2: something is broken."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="one JSON document")

    def run(self, **options: Any) -> int:
        found: list[Finding] = []
        logging.disable(logging.CRITICAL)  # What clients log of an outage is told as a finding.
        try:
            for findings in examine(CHECKS, patience.left()):
                found += findings
                deadline.found[:] = report(found)["findings"]
                if not options["json"]:
                    self.show(findings)
        except KeyboardInterrupt:
            found.append(Finding("doctor", BROKEN, "It was interrupted: the rest was not looked at."))
            if not options["json"]:
                self.show(found[-1:])
        finally:
            logging.disable(logging.NOTSET)
        with deadline.SPEAKING:
            if options["json"]:
                self.say(json.dumps(report(found), ensure_ascii=False))
            deadline.OVER.set()
        return code(found)

    def show(self, findings: list[Finding]) -> None:
        for finding in findings:
            self.say(" ".join(str(finding).split("\n")))
