"""An order as the desk's tables have it. Step is the row that a way without rows of its own writes by hand."""

import secrets

from django.db import models


def new_number() -> str:
    return secrets.token_hex(7)


class Product(models.Model):
    sku = models.CharField(max_length=64)
    name = models.CharField(max_length=200)
    price = models.DecimalField(max_digits=12, decimal_places=2)


class Order(models.Model):
    number = models.CharField(max_length=14, default=new_number, unique=True)
    customer_name = models.CharField(max_length=200)
    status = models.CharField(max_length=10, default="received")
    currency = models.CharField(max_length=3, default="EUR")
    total = models.DecimalField(max_digits=20, decimal_places=2)
    created_at = models.DateTimeField(auto_now_add=True)


class OrderLine(models.Model):
    order = models.ForeignKey(Order, models.CASCADE)
    position = models.PositiveSmallIntegerField()
    product = models.ForeignKey(Product, models.PROTECT)
    sku = models.CharField(max_length=64)
    name = models.CharField(max_length=200)
    price = models.DecimalField(max_digits=12, decimal_places=2)
    quantity = models.PositiveIntegerField()


class Step(models.Model):
    order = models.ForeignKey(Order, models.CASCADE)
    name = models.CharField(max_length=32)
    state = models.CharField(max_length=10, default="queued")
    token = models.UUIDField(null=True)
    due_at = models.DateTimeField(null=True)
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
