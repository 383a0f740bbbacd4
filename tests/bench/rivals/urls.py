from django.urls import path

from tests.bench.rivals import views

urlpatterns = [
    path("bare", views.Bare.as_view()),
    path("bare/<str:number>", views.BareStatus.as_view()),
    path("naive", views.Naive.as_view()),
    path("stock", views.Stock.as_view()),
]
