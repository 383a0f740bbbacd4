"""SQL that runs for every order, and what a database can be or lack. Knows no model."""
