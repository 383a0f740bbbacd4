"""RabbitMQ and Celery: queues, messages, connections and the worker. Knows no order."""
