"""SQL that runs for every order. Knows no model."""
