"""The desk beside what one would pick instead: the same orders, the same effects, the same servers."""
