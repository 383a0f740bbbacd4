"""Products by the file: out as CSV or a workbook, and in again, with a picture of what changes before it changes."""
