"""Products: put on sale and taken off."""

from orders.models import Product
from tests.factories import make_product
from tests.shop.staff.conftest import act, staff


def test_products_are_put_on_and_taken_off_sale(db: None) -> None:
    products = [make_product() for _ in range(3)]
    sales = staff("sales")
    act(sales, "orders/product", "deactivate", *products[:2])
    assert Product.objects.filter(active=False).count() == 2
    act(sales, "orders/product", "activate", products[0])
    assert Product.objects.filter(active=False).count() == 1
    assert products[1].sku in sales.get("/admin/orders/product/", {"active__exact": "0"}).text
