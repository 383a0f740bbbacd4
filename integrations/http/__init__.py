"""HTTP to the outside world: one place owns the session, the bounds, the errors and the redaction."""
