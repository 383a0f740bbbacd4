from django import template

from printing.documents import typefaces

register = template.Library()
register.filter("shaped", typefaces.shaped)
register.filter("titled", typefaces.titled)
register.filter("whole", typefaces.whole)
