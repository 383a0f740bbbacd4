"""The pages' own commands and examples are run, and what they print is compared with what the page says."""
