"""Who guesses passwords must wait. django-axes counts, in rows of its own; here is how much is too much.

https://django-axes.readthedocs.io
"""

import logging
from typing import Any

from axes.handlers.database import AxesDatabaseHandler
from django.contrib.auth.models import User
from django.db.models import QuerySet, Sum
from django.http import HttpRequest

from shop.staff.limits import ADDRESS_LIMIT, LIMIT, WAIT

log = logging.getLogger(__name__)

Credentials = dict[str, Any] | None


class Guesses(AxesDatabaseHandler):
    """Locks a name for an address, and an address for all names.

    Never a name for all addresses: whoever knows somebody's name could keep him out.
    """

    def get_failures(self, request: HttpRequest, credentials: Credentials = None) -> int:
        """How many count towards LIMIT. The settings say: first those of this name and address, then the address's."""
        of_name, of_address = map(total, self.get_user_attempts(request, credentials))
        return max(of_name, of_address * LIMIT // ADDRESS_LIMIT)

    def reset_user_attempts(self, request: HttpRequest, credentials: Credentials = None) -> int:
        """After a good password its own failures are forgotten; not those of other names from the same address."""
        of_name, _ = self.filter_user_attempts(request, credentials)
        return int(of_name.delete()[0])

    def user_login_failed(
        self, sender: Any, credentials: dict[str, Any], request: HttpRequest | None = None, **kwargs: Any
    ) -> None:
        if request is not None:
            request.axes_user_agent = ""  # type: ignore[attr-defined] # One row a name and address, whatever else.
        super().user_login_failed(sender, credentials, request, **kwargs)
        if request is not None:
            tell(request, str(credentials.get("username")))


def total(attempts: QuerySet[Any]) -> int:
    return int(attempts.aggregate(sum=Sum("failures_since_start"))["sum"] or 0)


def tell(request: Any, typed: str) -> None:
    """A line a try, for people and for programs such as fail2ban. Passwords are typed into the wrong field, too."""
    name = typed if User.objects.filter(username=typed).exists() else "an unknown name"
    end = f"; locked for {WAIT.seconds // 60} minutes" if request.axes_locked_out else ""
    log.warning("logon failed for %s from %s%s", name, request.axes_ip_address or "this machine", end)
