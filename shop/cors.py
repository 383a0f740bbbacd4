"""Shop fronts that run in a browser: which origins may call the API, as django-cors-headers wants it said."""

from typing import Any

PATHS = r"^/((order|product|problems)(/|$)|openapi\.json$)"  # Staff's pages are for nobody else's scripts.
SENT = ["authorization", "content-type", "idempotency-key", "if-none-match", "if-match", "request-id"]
READ = [
    "Location", "ETag", "Retry-After", "RateLimit", "RateLimit-Policy", "Request-Id", "Idempotency-Replayed",
    "Link", "Allow", "WWW-Authenticate", "Deprecation", "Sunset",
]  # fmt: skip
MIDDLEWARE = "corsheaders.middleware.CorsMiddleware"
AFTER = "shop.operations.headers.headers"  # Refusals of the gate are read by scripts, too.


def cors(origins: list[str], middleware: list[str]) -> dict[str, Any]:
    """The settings for these origins; nothing at all without any, and no request pays for it."""
    if not origins:
        return {}
    place = middleware.index(AFTER) + 1
    return {
        "MIDDLEWARE": [*middleware[:place], MIDDLEWARE, *middleware[place:]],
        "CORS_ALLOWED_ORIGINS": origins,
        "CORS_URLS_REGEX": PATHS,
        "CORS_ALLOW_METHODS": ["GET", "HEAD", "POST", "OPTIONS"],
        "CORS_ALLOW_HEADERS": SENT,
        "CORS_EXPOSE_HEADERS": READ,
        "CORS_ALLOW_CREDENTIALS": False,
        "CORS_PREFLIGHT_MAX_AGE": 7200,  # seconds; no browser keeps it longer
    }
