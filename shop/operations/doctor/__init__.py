"""`manage.py doctor`: looks at all the desk stands on, and says of each thing that it is well, or what to do."""
