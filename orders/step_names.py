"""How steps are called. One that comes later in an order's life is called after the step it follows. Pure.

`sap_cancel` undoes `sap`, and `mail_shipped` tells of what happened since `mail`: both go to the destination of the
step they follow, by its queue. `shop/settings.py` lists them.
"""

UNDOING = "_cancel"  # The order was cancelled after the step ran.
ON_SHIPPING = "_shipped"  # The order was marked as shipped.
LATER = (UNDOING, ON_SHIPPING)


def destination_of(step_name: str) -> str:
    """Where steps of this name go, which is their queue's name, too: "sap" for `sap` and for `sap_cancel`."""
    ending = next((ending for ending in LATER if step_name.endswith(ending)), "")
    return step_name.removesuffix(ending)


def names_of(destination: str) -> list[str]:
    """What the steps that go to a destination are called, the later ones among them."""
    return [destination, *(f"{destination}{ending}" for ending in LATER)]


def undoing(step_name: str) -> str:
    """What a step that undoes one of this name is called."""
    return f"{step_name}{UNDOING}"


def on_shipping(step_name: str) -> str:
    """What a step that follows one of this name when its order is shipped is called."""
    return f"{step_name}{ON_SHIPPING}"
