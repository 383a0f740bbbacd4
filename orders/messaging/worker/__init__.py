"""How a worker listens: Celery's consumer with steps of its own."""
