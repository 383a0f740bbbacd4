"""Who asks: a client by its API key, or a guest. https://www.rfc-editor.org/rfc/rfc6750"""

from typing import Any

from django.conf import settings
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed, NotAuthenticated, PermissionDenied
from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from orders import api_keys
from orders.models import ApiKey
from orders.models.api_key import Scope

CHALLENGE = 'Bearer realm="orders"'
# Anybody may do these without a key, as far as the settings say so.
GUESTS_MAY = {Scope.WRITE: "GUEST_ORDERS", Scope.CANCEL: "GUEST_CANCEL", Scope.PRODUCTS: "GUEST_ORDERS"}


class ApiKeyAuthentication(BaseAuthentication):
    """`Authorization: Bearer desk_…`. Whatever is wrong with a key, the answer is the same 401."""

    def authenticate(self, request: Request) -> tuple[ApiKey, ApiKey] | None:
        """None for a guest. A proxy may want a password of its own (Basic): that says nothing to the desk.

        Of two headers the web server makes one, with a comma between them, which neither of the two schemes has.
        """
        scheme, _, text = request.META.get("HTTP_AUTHORIZATION", "").strip().partition(" ")
        if scheme.lower() in ("basic", "bearer") and "," in text:
            raise AuthenticationFailed(
                "The request has two Authorization headers, or a comma in one. Please send one, with one API key."
            )
        if scheme.lower() in ("", "basic"):
            return None
        if scheme.lower() != "bearer":
            raise AuthenticationFailed("An API key is sent as `Authorization: Bearer desk_…`.")
        key = api_keys.find(text.strip())
        if key is None:
            raise InvalidKey
        return key, key

    def authenticate_header(self, request: Request) -> str:
        return CHALLENGE


class InvalidKey(AuthenticationFailed):
    """It may be wrong, over or revoked: which of them, the desk does not tell."""

    default_detail = "This API key is not valid. Please ask the shop for a new one."
    challenge = f'{CHALLENGE}, error="invalid_token"'


class MissingScope(PermissionDenied):
    """The key is valid, but not for this."""

    def __init__(self, scope: Scope) -> None:
        super().__init__(f"This API key lacks the scope {scope}.")
        self.challenge = f'{CHALLENGE}, error="insufficient_scope", scope="{scope}"'


class HasScope(BasePermission):
    """The key has the scope that the view's action needs (`view.scopes`); a guest may do it without a key.

    But not what is in `view.with_key_alone`.
    """

    def has_permission(self, request: Request, view: Any) -> bool:
        scope = view.scopes.get(view.action)
        if scope is None:
            return True
        key = _key(request)
        if key is None:
            return guests_may(scope, view.action in view.with_key_alone)
        if not key.may(scope):
            raise MissingScope(scope)
        return True


def guests_may(scope: Scope, with_key_alone: bool) -> bool:
    """Raises NotAuthenticated if a key is needed for it."""
    if with_key_alone or (scope in GUESTS_MAY and not getattr(settings, GUESTS_MAY[scope])):
        raise NotAuthenticated(f"This needs an API key with the scope {scope}: `Authorization: Bearer desk_…`.")
    return True


def client_of(request: Request) -> str:
    """Whose key it came with; "" for a guest."""
    key = _key(request)
    return key.client if key else ""


def _key(request: Request) -> ApiKey | None:
    found: Any = request.auth
    return found
