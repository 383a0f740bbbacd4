"""The destination `statistics`: the shop's own figures."""
