"""The form in which staff log on, and what it says to who has guessed too often."""

from django.contrib.admin.forms import AdminAuthenticationForm
from django.forms import ValidationError

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
