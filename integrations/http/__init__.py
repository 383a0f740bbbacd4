"""HTTP to the outside world: one place for the session, the bounds, what failures mean, and the redaction."""
