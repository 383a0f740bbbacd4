"""Orders made up as the tutorial's producer made them, for a first look, a rehearsal or a demonstration."""
