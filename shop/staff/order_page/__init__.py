"""An order's page: what it waits for, what can be done about it, its slip, and everything that happened to it."""
