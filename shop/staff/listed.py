"""The addresses of lists of rows: what narrows them stands in the address."""

from urllib.parse import urlencode

from django.urls import reverse


def listed(model: str, app: str = "orders", **chosen: str) -> str:
    """The list of that model's rows, e.g. `listed("step", to="sap", state__exact="parked")`."""
    url = reverse(f"admin:{app}_{model}_changelist")
    return f"{url}?{urlencode(chosen)}" if chosen else url
