"""Where staff look and act: the site with the admin of all models, the front page, figures, connections, and roles."""
