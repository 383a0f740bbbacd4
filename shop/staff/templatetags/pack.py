"""What the pack station's template asks for."""

from django import template

from shop.staff.pack.page import sign

register = template.Library()
register.filter("sign", sign)
