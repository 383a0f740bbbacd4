"""What a list's address asks for (`?customer_name__regex=(((`) may be what nobody can look up: staff are told so."""

from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.exceptions import DisallowedModelAdminLookup
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.views.main import ERROR_FLAG
from django.http import HttpRequest

from orders.database.outage import is_of_the_values

SENTENCE = "This address asked for something that nobody can look up, so nothing is left out here."


class CheckedLookUps(admin.ModelAdmin):
    """Django notices look-ups that can't be written as a statement; those that the database refuses it does not."""

    def get_changelist_instance(self, request: HttpRequest) -> Any:
        """Raises IncorrectLookupParameters, for which Django shows the whole list instead, with SENTENCE above it."""
        try:
            return super().get_changelist_instance(request)
        except Exception as error:
            if not _is_of_the_address(error, request):
                raise
            self.message_user(request, SENTENCE, messages.WARNING)
            raise IncorrectLookupParameters from error


def _is_of_the_address(error: Exception, request: HttpRequest) -> bool:
    """Where the address asks for nothing it is a fault of the desk's own."""
    if set(request.GET) <= {ERROR_FLAG}:
        return False
    return isinstance(error, IncorrectLookupParameters | DisallowedModelAdminLookup) or is_of_the_values(error)
