"""Tells operators what needs them, by mail or webhook: once a cause, again after four hours, and when it is mended.

`causes` decides what is to be told and writes it down as notices, in one transaction; `sending` sends these, each at
least once. Both run as a periodic task in the workers' clock. docs/attention.md says what is promised.
"""
