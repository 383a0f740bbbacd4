from rest_framework.routers import SimpleRouter

from orders.api.products import ProductViewSet
from orders.api.views import OrderViewSet

router = SimpleRouter(trailing_slash=False)
router.register("order", OrderViewSet, basename="order")
router.register("product", ProductViewSet, basename="product")

urlpatterns = router.urls
