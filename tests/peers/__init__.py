"""Tests against the real thing: programs that others have written and that the desk must get along with."""
