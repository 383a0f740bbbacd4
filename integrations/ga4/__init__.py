"""The destination `ga4`: Google Analytics 4."""
