"""What the desk keeps for a time and then deletes, in small transactions beside the running desk."""
