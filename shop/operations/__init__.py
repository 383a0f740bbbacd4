"""For those who run the desk: health."""
