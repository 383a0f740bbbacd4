"""One field that finds what a scanner or a person types."""
