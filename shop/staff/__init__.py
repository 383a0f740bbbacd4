"""Where staff look and act: the admin of every app, the front page, roles."""
