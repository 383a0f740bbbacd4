"""The faults: real servers, real gunicorn, real worker processes, broken from outside. Run by `bin/faults`."""
