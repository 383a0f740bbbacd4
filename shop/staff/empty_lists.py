"""What an empty list says: what would be here, and what to do for it."""

from typing import Any

from shop.staff.admin.among import further

SENTENCES = {
    "order": "Orders appear here as soon as a shop front, or another program, has placed them.",
    "step": "Each order has a step for every destination: they appear with the first order.",
    "destination": "Destinations are switched on by name, in SHOP_ORDER_STEPS.",
    "deadletter": "Messages that no worker can read would be here. There are none, and nothing is to be done.",
    "deed": "What people, clients and commands do to orders, products and destinations will be here.",
    "apikey": "Nobody has a key. Add one for each shop front or program that places orders.",
    "product": "Nothing is for sale. Add a product, or run `manage.py demo_catalogue` for a first look.",
    "printer": "No printer is known. Add the one that slips come out of.",
    "printjob": "Slips appear here with the first order that is printed.",
    "accessattempt": "Nobody has mistyped a password lately.",
    "user": "Nobody works here yet. Add whoever does, and give them a role.",
    "group": "There are no roles. Run `manage.py make_roles`.",
}


def nothing_listed(cl: Any) -> dict[str, Any]:
    """For the list that Django calls `cl`."""
    meta = cl.opts
    return {
        "narrowed": bool(cl.query or cl.has_active_filters or cl.params),
        "filtered": cl.has_active_filters,
        "query": cl.query,
        "noun": meta.verbose_name,
        "nouns": meta.verbose_name_plural,
        "heading": f"No {meta.verbose_name_plural}",
        "sentence": SENTENCES.get(meta.model_name, "What is added appears here."),
    } | further(cl)
