"""The sandbox's page: what arrived, and the switches that make it fail. Labelled as a stand-in everywhere."""

from html import escape
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from integrations.sandbox.sandbox import Sandbox

SHOWN = 25
STYLE = """
body{font:15px/1.45 system-ui,sans-serif;margin:0;color:#1d2733;background:#f5f6f8}
header{background:#7a4b00;color:#fff;padding:14px 28px}header h1{font-size:20px;margin:0}header p{margin:2px 0 0}
main{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(440px,100%),1fr));gap:20px;padding:20px 28px}
section{min-width:0;background:#fff;border:1px solid #dfe3e8;border-radius:8px;padding:16px 20px;overflow-x:auto}
h2{font-size:17px;margin:0 0 4px}.label{color:#7a4b00;font-size:13px;margin:0 0 12px}
.counts b{font-size:24px;margin-right:4px}.counts span{margin-right:24px}
table{border-collapse:collapse;width:100%;margin-top:12px;font-size:14px}
th,td{text-align:left;padding:4px 10px 4px 0;border-bottom:1px solid #edf0f3;vertical-align:top}
th{color:#5b6673;font-weight:600}.twice{color:#b00020;font-weight:600}
form{display:inline}button{font:inherit;font-size:13px;margin:3px 4px 3px 0;padding:4px 10px;border:1px solid #c5ccd4;
border-radius:6px;background:#fff;cursor:pointer}button.on{border-color:#b00020;color:#b00020}
button.clear{border-color:#1b7f3b;color:#1b7f3b}.failing{color:#b00020;margin:8px 0}
"""
# What arrived is shown anew every five seconds, not while somebody is at a button, nor while nobody looks.
SCRIPT = """
setInterval(async () => {
    const main = document.querySelector('main');
    if (document.hidden || main.contains(document.activeElement)) return;
    const answer = await fetch('/').catch(() => null);
    if (!answer || !answer.ok) return;
    const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
    main.replaceWith(page.querySelector('main'));
}, 5000);
"""
FILES = {"/sandbox/page.css": ("text/css", STYLE), "/sandbox/page.js": ("text/javascript", SCRIPT)}
SWITCHES = [  # label, kind, count (0: until cleared)
    ("503, until cleared", "503", 0),
    ("500, five times", "500", 5),
    ("refuse the logon, until cleared", "401", 0),
    ("hang, once", "hang", 1),
    ("lose an answer after it took effect", "drop-reply", 1),
    ("cut an answer off", "cut-reply", 1),
    ("drip an answer slowly", "slow-drip", 1),
    ("answer with a login page", "html", 1),
]


def render(sandbox: "Sandbox") -> str:
    orders, events, faults = sandbox.orders(), sandbox.events(), sandbox.faults.shown()
    sap = panel(
        "sap", "SAP (stand-in)", "Sales orders this stand-in was asked to create. No SAP is involved.", faults["sap"]
    )
    marketing = panel(
        "marketing",
        "Marketing's statistics (stand-in)",
        "Events in Segment's format. Nothing leaves this machine.",
        faults["marketing"],
    )
    return f"""<!DOCTYPE html><html lang="en"><head><meta charset="utf-8">
<title>Sandbox: stand-ins for SAP and marketing</title><link rel="stylesheet" href="/sandbox/page.css">
<script src="/sandbox/page.js" defer></script></head><body>
<header><h1>Sandbox</h1><p>Stand-ins for SAP and for marketing's statistics, on this machine only: for a first look
and for tests, not for real orders.</p></header><main>
<section>{sap}{order_counts(orders)}{order_table(orders["orders"][-SHOWN:])}</section>
<section>{marketing}{event_counts(events)}{event_table(events["events"][-SHOWN:])}</section>
<section>{printer_panel(sandbox.paper())}</section>
</main></body></html>"""


def panel(destination: str, title: str, label: str, failing: list[str]) -> str:
    buttons = "".join(button(destination, text, kind, count) for text, kind, count in SWITCHES)
    state = ""
    if failing:
        state = f'<p class="failing">Failing on demand: {escape("; ".join(failing))}</p>'
        buttons += button(destination, "work again", "clear", 0)
    return f'<h2>{title}</h2><p class="label">{label}</p>{state}<div>{buttons}</div>'


def printer_panel(paper: dict[str, Any]) -> str:
    """The stand-in's jobs and its one switch."""
    there, jobs = paper["has_paper"], paper["jobs"]
    state = "" if there else '<p class="failing">Out of paper: what it is given waits.</p>'
    text, value = ("take the paper out", "no") if there else ("put paper in", "yes")
    rows = [[job["number"], job["name"], "printed" if job["printed"] else "waits", time_of(job)] for job in jobs]
    return f"""<h2>Printer (stand-in)</h2><p class="label">Enter it in the admin as ipp://127.0.0.1:(this
page’s port)/ipp/print; it prints into files.</p>{state}<form method="post" action="/sandbox/paper">
<input type="hidden" name="present" value="{value}"><button>{text}</button></form>
{table(["Job", "Name", "Paper", "Arrived (UTC)"], rows[::-1][:SHOWN])}"""


def button(destination: str, text: str, kind: str, count: int) -> str:
    style = "clear" if kind == "clear" else ""
    return (
        f'<form method="post" action="/sandbox/fail"><input type="hidden" name="destination" value="{destination}">'
        f'<input type="hidden" name="kind" value="{kind}"><input type="hidden" name="count" value="{count}">'
        f'<button class="{style}">{text}</button></form>'
    )


def order_counts(orders: dict[str, Any]) -> str:
    twice = sum(1 for count in orders["by_reference"].values() if count > 1)
    warning = f'<span class="twice"><b>{twice}</b>more than once</span>' if twice else ""
    return f'<p class="counts"><span><b>{orders["count"]}</b>sales orders</span>{warning}</p>'


def event_counts(events: dict[str, Any]) -> str:
    repeats = events["deliveries"] - events["count"]
    return (
        f'<p class="counts"><span><b>{events["count"]}</b>purchases</span>'
        f"<span><b>{repeats}</b>repeats, not counted</span></p>"
    )


def order_table(rows: list[dict[str, Any]]) -> str:
    lines = [
        [
            row["number"],
            row["reference"],
            ", ".join(f"{item.get('RequestedQuantity')} × {item.get('Material')}" for item in items(row["payload"])),
            time_of(row),
        ]
        for row in reversed(rows)
    ]
    return table(["Sales order", "Order number", "Items", "Arrived (UTC)"], lines)


def items(payload: dict[str, Any]) -> list[dict[str, Any]]:
    found = payload.get("to_Item")
    return [item for item in found if isinstance(item, dict)] if isinstance(found, list) else []


def event_table(rows: list[dict[str, Any]]) -> str:
    lines = []
    for row in reversed(rows):
        found = row["event"].get("properties")
        properties = found if isinstance(found, dict) else {}
        money = f"{properties.get('total', '')} {properties.get('currency', '')}"
        name = str(row["event"].get("event", "")) + (" (repeat)" if row["duplicate"] else "")
        lines.append([name, properties.get("order_id", ""), money, time_of(row)])
    return table(["Event", "Order number", "Total", "Arrived (UTC)"], lines)


def time_of(row: dict[str, Any]) -> str:
    return str(row["arrived_at"])[:19].replace("T", " ")


def table(heads: list[str], rows: list[list[Any]]) -> str:
    if not rows:
        return "<p>Nothing has arrived yet.</p>"
    head = "".join(f"<th>{escape(text)}</th>" for text in heads)
    body = "".join("<tr>" + "".join(f"<td>{escape(str(cell))}</td>" for cell in row) + "</tr>" for row in rows)
    return f"<table><tr>{head}</tr>{body}</table>"
