from django.urls import path
from peershop.views import Place

urlpatterns = [path("order", Place.as_view())]
