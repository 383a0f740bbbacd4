"""The destination `marketing`: Segment, RudderStack, or whatever takes Segment's events."""
