from django import template

from printing import typefaces

register = template.Library()
register.filter("shaped", typefaces.shaped)
