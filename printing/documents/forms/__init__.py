"""Forms of pages: what the renderer has read once is filled in for the next page of the form."""
