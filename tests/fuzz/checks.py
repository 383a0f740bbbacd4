"""A check of our own beside Schemathesis's: it reads this file in its own process."""

import re
from typing import Any

import schemathesis
from schemathesis import Case, CheckContext, GenerationMode, Response

# What is wrong with an order though each of its fields is as the schema says.
UNTOLD = {
    "not_on_sale", "conflict", "blank", "unreadable", "control_character", "invisible_character", "not_an_email",
    "not_a_phone", "unknown_country", "unknown_currency", "too_many",
}  # fmt: skip


# Parameters of which not every text is one.
OPAQUE = {"cursor", "reference"}
PARAMETER = re.compile(r"(?:^|\. )(\w+): ")


@schemathesis.check
def refused_for_a_reason(ctx: CheckContext, response: Response, case: Case) -> None:
    """Who sends what the schema asks for gets a 400 for nothing else than what no schema can tell."""
    if response.status_code != 400 or case.meta is None or case.meta.generation.mode != GenerationMode.POSITIVE:
        return
    problem = response.json()
    assert _reason(problem, case), f"What fits the schema is refused: {problem}"


def _reason(problem: dict[str, Any], case: Case) -> bool:
    kind = problem["type"].removeprefix("/problems/")
    if kind == "not-accepted":
        return all(error["code"] in UNTOLD or _of_several(error) for error in problem["errors"])
    if kind == "bad-idempotency-key":
        return "Authorization" not in (case.headers or {})  # A guest's is a UUID.
    return kind == "bad-request" and set(PARAMETER.findall(problem["detail"])) <= OPAQUE


def _of_several(error: dict[str, str]) -> bool:
    """One of several fields must be there; or pieces of one product are too many in all."""
    where = error["pointer"]
    if error["code"] == "required":
        return where.rpartition("/")[2] in ("products_ids", "product_id")
    return error["code"] == "out_of_range" and where in ("#/lines", "#/products_ids", "#/product_ids")
