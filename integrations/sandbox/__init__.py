"""Stand-ins for SAP, marketing's statistics and a printer, for a first look and for tests. Nothing is the real thing.

One process on 127.0.0.1 that keeps what arrives, shows it, and fails on demand. It needs no settings and no Django:
`python -m integrations.sandbox`, or `manage.py sandbox`.
"""
