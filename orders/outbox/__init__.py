"""The outbox: messages are published from the rows, right after an order is placed, and by the relay (the sweeper)."""
