"""The three steps of an order with effects that do nothing: what is left is the desk's own cost."""
