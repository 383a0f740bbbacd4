"""The ways to a printer: the spool folder, and IPP."""
