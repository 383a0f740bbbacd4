"""The API for customers, over HTTP. The only room that knows REST framework."""
