"""manage.py api_key: makes, lists, replaces and revokes the keys of clients of the API."""

from argparse import ArgumentTypeError
from datetime import datetime, timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from orders import api_keys
from orders.database.clock import DatabaseTime
from orders.errors import BadClient
from orders.models import ApiKey
from orders.models.api_key import Scope

BY = "manage.py api_key"
DEFAULT = [Scope.WRITE, Scope.READ, Scope.CANCEL, Scope.PRODUCTS]
MOST_DAYS = 36_500


def scopes(text: str) -> list[Scope]:
    """ "orders:write,orders:read". Raises ArgumentTypeError."""
    names = [name.strip() for name in text.split(",")]
    for name in names:
        if name not in Scope.values:
            raise ArgumentTypeError(f"there is no scope {name!r}; there are {', '.join(Scope.values)}")
    return [Scope(name) for name in names]


def days(text: str, least: int = 0) -> timedelta:
    """Raises ArgumentTypeError."""
    if not (text.isascii() and text.isdigit() and len(text) < 10 and least <= int(text) <= MOST_DAYS):
        raise ArgumentTypeError(f"{text!r}: a whole number of days from {least} to {MOST_DAYS} is needed")
    return timedelta(days=int(text))


def lasting(text: str) -> timedelta:
    """How long a new key works: a day at least. Raises ArgumentTypeError."""
    return days(text, least=1)


class Command(BaseCommand):
    help = "Keys of clients of the API: docs/api-keys.md. A key is shown once, when it is made."

    def add_arguments(self, parser: CommandParser) -> None:
        acts = parser.add_subparsers(dest="act", required=True)
        create = acts.add_parser("create", help="a new key for a client")
        create.add_argument("client", help="whose key it is; orders keep the name")
        create.add_argument(
            "--scopes", type=scopes, default=DEFAULT, help=f"with commas between; default: {','.join(DEFAULT)}"
        )
        create.add_argument("--days", type=lasting, help="so long it works; default: until it is revoked")
        acts.add_parser("list", help="all keys, without their secrets")
        rotate = acts.add_parser("rotate", help="a new key beside an old one, which ends some days later")
        rotate.add_argument("key", help="the old one, as far as its second _: desk_1f0c6d3e8f0b")
        rotate.add_argument(
            "--keep-days", type=days, default=api_keys.KEPT_FOR, help="so long the old one works; default: 7"
        )
        revoke = acts.add_parser("revoke", help="ends a key at once, for good")
        revoke.add_argument("key", help="as far as its second _: desk_1f0c6d3e8f0b")

    def handle(self, *args: Any, **options: Any) -> None:
        getattr(self, options["act"])(options)

    def create(self, options: dict[str, Any]) -> None:
        end = DatabaseTime(options["days"]) if options["days"] is not None else None
        try:
            made = api_keys.make(options["client"], options["scopes"], by=BY, expires_at=end)
        except BadClient as error:
            raise CommandError(str(error)) from error
        self.show(*made)

    def list(self, options: dict[str, Any]) -> None:
        for key in ApiKey.objects.order_by("client", "pk"):
            ends = f"revoked {day(key.revoked_at)}" if key.revoked_at else f"ends {day(key.expires_at)}"
            used = f"last used {day(key.last_used_at)}"
            self.stdout.write(f"desk_{key.prefix}  {key.client}  {key.scopes.replace(' ', ',')}  {ends}  {used}")

    def rotate(self, options: dict[str, Any]) -> None:
        key = self.known(options["key"])
        if key.revoked_at:
            raise CommandError(f"{key} is revoked: make a new one with `api_key create`.")
        self.show(*api_keys.rotate(key, by=BY, keep=options["keep_days"]))
        self.stderr.write(f"The old key works for {options['keep_days'].days} days longer.")

    def revoke(self, options: dict[str, Any]) -> None:
        key = self.known(options["key"])
        done = api_keys.revoke([key], by=BY)
        self.stdout.write(f"{key} is revoked." if done else f"{key} was revoked before.")

    def known(self, text: str) -> ApiKey:
        """By its prefix. Raises CommandError; the error does not repeat a whole key."""
        parts = text.removeprefix("desk_").split("_")
        key = ApiKey.objects.filter(prefix=parts[0]).first()
        if key is None:
            raise CommandError("There is no such key; `manage.py api_key list` shows those there are.")
        return key

    def show(self, key: ApiKey, text: str) -> None:
        """The key alone on standard output, so that a script can take it."""
        self.stderr.write(
            f"{key} may: {key.scopes}; it ends {day(key.expires_at)}. This is the only time that it is shown:"
        )
        self.stdout.write(text)


def day(at: datetime | None) -> str:
    return f"{at:%Y-%m-%d}" if at else "never"
