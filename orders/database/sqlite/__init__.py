"""SQLite as Django's backend, with the desk's own `Connection`."""
