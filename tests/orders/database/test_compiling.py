"""PostgreSQL compiles none of the desk's statements: it takes longer than to run them."""

import pytest
from django.db import connection

from tests.orders.database.test_prepared import asked

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("on_postgresql")]


def test_a_new_connection_compiles_nothing() -> None:
    connection.close()
    assert asked("SHOW jit") == ["off"]
