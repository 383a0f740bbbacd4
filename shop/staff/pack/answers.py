"""What the station says to a scan, as a sentence and a kind of row. Pure."""

from dataclasses import dataclass

from orders.models import PackScan
from shop.staff.pack.packing import Line, Packing

Kind = PackScan.Kind


@dataclass(frozen=True)
class Answer:
    """What becomes of a scan. `order_id` is the order whose page comes next; None: the one that was on the screen."""

    kind: PackScan.Kind
    text: str
    line_id: int | None = None
    pieces: int = 0
    order_id: int | None = None


def pieces(number: int) -> str:
    return "1 piece" if number == 1 else f"{number} pieces"


def count(line: Line, wanted: int) -> Answer:
    """So many pieces of an article of this order: all of them, or none if they are more than are left."""
    article, over = line.article, wanted - line.left
    if over > 0:
        back = f" Put {'it' if over == 1 else 'them'} back{place(article.bin)}."
        many = "One too many" if over == 1 else f"{over} too many"
        none = "" if wanted == over else f" None of the {wanted} was counted; {pieces(line.left)} can go in."
        return Answer(Kind.WRONG, f"{many}: {article.name}.{none or back}", line.article.line_id)
    now = line.counted + wanted
    return Answer(Kind.COUNTED, f"{now} of {article.wanted}: {article.name}", article.line_id, wanted)


def not_in_this_order(name: str, bin_location: str) -> Answer:
    return Answer(Kind.WRONG, f"NOT IN THIS ORDER: {name}. Put it back{place(bin_location)}.")


def place(bin_location: str) -> str:
    return f" to {bin_location}" if bin_location else ""


def nobody_knows(code: str) -> Answer:
    return Answer(Kind.WRONG, f"Nobody knows this code: {code}. Nothing was counted.")


def could_be_two(code: str) -> Answer:
    return Answer(Kind.WRONG, f"{code} could be two articles of this order. Scan another code of it, or type its SKU.")


def a_slip_first(name: str) -> Answer:
    return Answer(Kind.TOLD, f"Scan a slip first. This is {name}.")


def no_such_order(typed: str) -> Answer:
    return Answer(Kind.CLOSED, f"No such order: {typed}")


def times(number: int) -> Answer:
    return Answer(Kind.TIMES, f"{number} × the article that you scan next", pieces=number)


def leave(number: str, now: Packing) -> Answer:
    """Before another order is opened while this one is not packed."""
    why = "not marked as packed" if now.all_in else f"{now.left} missing"
    return Answer(Kind.ASKED, f"Leave {number} with {why}? Scan it again.")


def not_all_in(now: Packing) -> Answer:
    return Answer(Kind.TOLD, f"Not packed: {pieces(now.left)} not in yet.")


def missing(line: Line) -> Answer:
    """All that is left of a line is missing."""
    where = f" ({line.article.bin})" if line.article.bin else ""
    return Answer(Kind.MISSING, f"Missing: {line.left} × {line.article.name}{where}", line.article.line_id, line.left)


def meanwhile(status: str) -> Answer:
    """The page on the screen was older than the order."""
    return Answer(Kind.TOLD, f"NOT COUNTED: the order is {status} by now.")
