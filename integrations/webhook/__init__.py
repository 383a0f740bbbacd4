"""The destination `webhook`: a program of the shop's own."""
