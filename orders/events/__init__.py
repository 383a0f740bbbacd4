"""What other programs follow: an order's events, published in their sequence. See docs/events.md."""
