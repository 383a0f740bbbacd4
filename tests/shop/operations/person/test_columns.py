"""Of every column that can hold a text somebody has decided: erased, searched for mentions, or of nobody."""

from django.apps import apps

from shop.operations.person.fields import KEPT, PERSONAL
from shop.operations.person.mentions import TEXTS
from tests.shop.operations.person.everywhere import NO_TEXT

# shop/operations/person/erasing.py empties these of an order, replaces them, or deletes their rows.
ERASED = {
    "orders.Order": PERSONAL.keys(),
    "orders.Step": {"reason", "next_action", "warning"},
    "orders.Attempt": {"answer"},
    "orders.Event": {"data"},
    "orders.Shipment": {"tracking_number"},
    "orders.Notice": {"message"},
    "orders.DeadLetter": {
        "reason", "headers", "body", "properties", "problem", "queue", "task", "content_type", "content_encoding",
        "not_kept", "sent_again_by",
    },
    "integrations.Purchase": {"customer"},
    "sessions.Session": {"session_key", "session_data"},
}  # fmt: skip
# Of goods, machines, staff and how far things are.
OF_NOBODY = {
    "orders.Order": KEPT,
    "orders.OrderLine": {"sku", "name"},
    "orders.Step": {"name", "state", "reference"},  # The reference leads to the order at the remote: it is listed.
    "orders.Attempt": {"outcome", "code"},
    "orders.Event": {"type", "step", "state"},
    "orders.Shipment": {"carrier"},
    "orders.Deed": {"by", "what", "model", "row"},
    "orders.Round": {"task", "worker"},
    "orders.Worker": {"name", "host", "queues", "version"},
    "orders.ApiKey": {"client", "prefix", "digest", "scopes"},
    "orders.Attention": {"cause", "url"},
    "orders.Notice": {"to"},
    "orders.Product": {"sku", "name", "bin_location", "sap_material"},
    "orders.ProductCode": {"code"},
    "orders.ProductImport": {"by", "name", "content"},
    "orders.Destination": {"name", "paused_by"},
    "orders.Instance": {"name", "marked_by"},
    "orders.PackScan": {"kind", "by", "table"},
    "orders.PickList": {"created_by", "ended_by"},
    "orders.Total": {"kind", "destination", "outcome", "buckets"},
    "orders.Counted": {"kind"},
    "integrations.Purchase": {"currency"},
    "printing.Printer": {"name", "url", "station", "paper", "state", "folder_id"},
    "printing.PrintJob": {"state", "job_id", "requested_by", "answered_by"},
    "printing.ListJob": {"state", "job_id", "requested_by"},
    "admin.LogEntry": {"object_id"},
}
STAFF = {"auth", "axes", "contenttypes"}  # who logs on, and may do what


def test_of_every_column_that_can_hold_a_text_somebody_has_decided() -> None:
    """A new one goes into shop/operations/person/, or it is said here that it tells of nobody."""
    columns: dict[str, set[str]] = {}
    for model in apps.get_models(include_auto_created=True):
        names = {field.attname for field in model._meta.concrete_fields if not isinstance(field, NO_TEXT)}
        if names and model._meta.app_label not in STAFF:
            columns[model._meta.label] = names
    decided = {
        label: {
            *ERASED.get(label, ()),
            *OF_NOBODY.get(label, ()),
            *TEXTS.get(apps.get_model(label), ()),
        }
        for label in columns
    }
    assert columns == decided
