"""The destination `matomo`."""
