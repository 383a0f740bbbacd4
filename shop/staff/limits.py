"""How many wrong passwords are too many, and for how long. Read by the settings: imports nothing of Django's."""

from datetime import timedelta

LIMIT = 5  # wrong passwords for one name from one address
ADDRESS_LIMIT = 10 * LIMIT  # from one address, whatever the names: a whole warehouse may share one
WAIT = timedelta(minutes=15)  # from the last wrong one
