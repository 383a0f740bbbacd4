"""Orders: what a customer bought, its lines, and the steps that must happen for it. Knows no neighbour."""
