"""What is printed: slips, pick lists, test pages, as PDF."""
