"""The warehouse: the pick slip, and how it gets onto paper."""
