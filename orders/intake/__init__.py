"""Orders over AMQP: other programs send them to the exchange `orders.intake`."""
