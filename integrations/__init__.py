"""The outside world: SAP and marketing. Each tells `orders` what became of a step."""
