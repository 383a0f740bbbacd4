"""A column for an amount in whatever currency: as many digits after the point as any has."""

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.db import DataError, models
from django.db.backends.base.base import BaseDatabaseWrapper

from orders.database.vendor import on_postgresql
from orders.money import MOST_DIGITS, needed_digits

if TYPE_CHECKING:
    _Amount = models.DecimalField[Any, Decimal]
else:
    _Amount = models.DecimalField


class MoneyField(_Amount):
    """`whole_digits` before the point, MOST_DIGITS after it.

    On PostgreSQL the column is `numeric` without precision and scale. A change to it from one with them changes no
    row, while another scale would rewrite the table under a lock that keeps orders out:
    https://www.postgresql.org/docs/current/sql-altertable.html (Notes). Hence what may be saved is checked here.
    """

    def __init__(self, *args: Any, whole_digits: int, **options: Any) -> None:
        options |= {"max_digits": whole_digits + MOST_DIGITS, "decimal_places": MOST_DIGITS}
        self.whole_digits = whole_digits
        super().__init__(*args, **options)

    def deconstruct(self) -> tuple[str, str, list[Any], dict[str, Any]]:
        name, path, args, options = super().deconstruct()
        del options["max_digits"], options["decimal_places"]
        return name, path, list(args), {**options, "whole_digits": self.whole_digits}

    def db_type(self, connection: BaseDatabaseWrapper) -> str | None:
        return "numeric" if on_postgresql() else super().db_type(connection)

    def get_db_prep_save(self, value: Any, connection: BaseDatabaseWrapper) -> Any:
        """Raises DataError for what the field does not hold, as a column with precision and scale would."""
        if value is not None and not hasattr(value, "as_sql"):
            amount = self.to_python(value)
            if abs(amount) >= 10**self.whole_digits or needed_digits(amount) > MOST_DIGITS:
                raise DataError(f"{self.name}: {amount} has more digits than {self.whole_digits} and {MOST_DIGITS}.")
        return super().get_db_prep_save(value, connection)
