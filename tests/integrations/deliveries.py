"""An order that says everything a customer can say, each thing in words that stand nowhere else."""

from typing import Any

EVERYTHING: dict[str, Any] = {
    "customer_name": "Helgi Möller",
    "note": "Please leave it with Zoë at number 12345",
    "email": "Frida.Blömqvist@Post.Example",
    "client": "webfront",
    "reference": "WEB-2026/0815",
    "shipping_name": "Ingeborg Sørensen",
    "shipping_phone": "+45 33 12 34 56",
    "shipping_line1": "Kløvermarksvej 70",
    "shipping_line2": "Opgang Ekspresso",
    "shipping_postal_code": "2300",
    "shipping_city": "København S",
    "shipping_state": "84",
    "shipping_country": "DK",
}
