from tests.end_to_end.conftest import database_url, filled_database  # noqa: F401 - fixtures
