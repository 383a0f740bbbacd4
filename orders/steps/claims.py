"""Taking a step and giving it back, each in one atomic change of its row.

Who takes a step gets a token for it until the lease runs out; only with it may one record the result. On
PostgreSQL each is a statement of plain SQL: they run for every step of every order, and the ORM needs ten times the
processor time for them (docs/performance.md). The two ways are tested side by side.
"""

from orders.database.vendor import on_postgresql
from orders.steps import claims_orm, claims_sql

_way = claims_sql if on_postgresql() else claims_orm
take, finish = _way.take, _way.finish
