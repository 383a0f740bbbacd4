"""A printer (`ippeveprinter`) and a print server (`cupsd`) of the test's own, on 127.0.0.1 and free ports."""
