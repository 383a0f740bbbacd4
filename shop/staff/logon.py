"""Where staff are asked for their password, and what is said to who has guessed too often."""

from axes.handlers.proxy import AxesProxyHandler
from django.contrib.admin.forms import AdminAuthenticationForm
from django.contrib.auth.signals import user_login_failed
from django.forms import Form, ValidationError
from django.http import HttpRequest

from shop.staff.limits import WAIT

LOCKED = (
    f"Too many wrong passwords. Please wait {WAIT.seconds // 60} minutes, then try again. "
    "If you can't wait, ask somebody of operations to let you try at once. "
    "If you forgot your password, ask for a new one."
)


class LogonForm(AdminAuthenticationForm):
    """The same words for everybody who is locked, whether or not there is such a user."""

    def get_invalid_login_error(self) -> ValidationError:
        if getattr(self.request, "axes_locked_out", False):
            return ValidationError(LOCKED, code="locked")
        return super().get_invalid_login_error()


def is_locked(request: HttpRequest) -> bool:
    """Whether the password of who is logged on was guessed too often from here: by who found the browser open."""
    return not AxesProxyHandler.is_allowed(request, {"username": request.user.get_username()})


def note_old_password(request: HttpRequest, form: Form | None) -> None:
    """A wrong old password, where one changes it, counts as a wrong one at the logon does."""
    if form is not None and form.has_error("old_password", code="password_incorrect"):
        credentials = {"username": request.user.get_username()}
        user_login_failed.send(sender=__name__, credentials=credentials, request=request)
