"""What `manage.py follow` shows of a message."""
