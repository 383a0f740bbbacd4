from typing import Any

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from peershop.placing import place
from peershop.ways import way

way()  # Loaded before the first request.


class OrderInput(serializers.Serializer[Any]):
    customer_name = serializers.CharField(max_length=200)
    products_ids = serializers.ListField(child=serializers.IntegerField(min_value=1), allow_empty=False)


class Place(APIView):
    def post(self, request: Request) -> Response:
        given = OrderInput(data=request.data)
        given.is_valid(raise_exception=True)
        order = place(**given.validated_data)
        return Response({"order_num": order.number, "status": order.status}, status=201)
