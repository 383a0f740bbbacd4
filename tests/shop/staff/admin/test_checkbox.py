"""What a row is chosen by: Django's own check box, made without its template."""

from typing import Any

from django.contrib import admin

from orders.models import Order
from tests.factories import make_order


def test_a_row_is_chosen_by_the_same_check_box_as_djangos(db: None) -> None:
    ours: Any = admin.site.get_model_admin(Order)
    order = make_order()
    order.number = '5<&"5'
    assert ours.action_checkbox(order) == admin.ModelAdmin.action_checkbox(ours, order)
    assert "5&lt;&amp;&quot;5" in ours.action_checkbox(order)
