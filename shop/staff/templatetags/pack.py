"""What the pack station's template asks for."""

from django import template

from shop.staff.pack.page import sign, when

register = template.Library()
register.filter("sign", sign)
register.filter("when", when)
