"""The Internet Printing Protocol, as far as slips need it: RFC 8010 (encoding), RFC 8011 (operations)."""
