"""What a customer pays who asks how far the order is."""

import json

from tests.bench.customers import ask, get, order, saturate
from tests.bench.ground import Ground
from tests.bench.post import rivals
from tests.bench.report import Figure, at_most, compared, percentile


def status(ground: Ground) -> list[Figure]:
    ours, theirs = ground.web(), rivals(ground)
    placed = json.loads(ask(ours.port, order()()).partition(b"\r\n\r\n")[2])["order_num"]
    path = f"/order/{placed}"
    head = ask(ours.port, get(path)()).partition(b"\r\n\r\n")[0].decode()
    tag = next(line.partition(": ")[2] for line in head.splitlines() if line.lower().startswith("etag"))
    ways = {
        "whole": (ours.port, get(path), 200),
        "unchanged": (ours.port, get(path, f"If-None-Match: {tag}\r\n"), 304),
        "bare": (theirs.port, get(f"/bare/{placed}"), 200),
    }
    rounds, count = (3, 40) if ground.quick else (20, 200)
    found: dict[str, list[float]] = {name: [] for name in ways}
    for turn in range(rounds + 1):
        for name, (port, request, expected) in ways.items():
            answers = saturate(port, request, hands=1, count=count)
            assert answers.all_are(expected), f"{name}: {set(answers.statuses)}"
            if turn:  # The first round only warms up.
                found[name].append(percentile(answers.seconds, 0.5) * 1000)
    whole, unchanged, bare = found.values()
    return [
        compared("status", "GET /order/<num>", whole, "bare DRF retrieve", bare, "ms", at_most(1.1)),
        compared("status", "the same, with its ETag: 304", unchanged, "GET in full", whole, "ms", at_most(1)),
    ]
