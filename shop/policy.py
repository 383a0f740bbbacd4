"""What a page may run and show: the Content-Security-Policy of all answers, and of the few that need another one.

Pure: the staff's pages and the middleware in shop/operations/headers.py read it. https://www.w3.org/TR/CSP3/
"""

# No 'unsafe-inline', no nonces, no exceptions: styles and scripts are files.
_SOURCES = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self'",
    "font-src": "'self'",
    "connect-src": "'self'",
    "form-action": "'self'",
    "frame-ancestors": "'none'",
    "base-uri": "'none'",
}


def policy(**sources: str) -> str:
    """The policy of all answers with other sources, e.g. `frame_src="'self'"`."""
    changed = {name.replace("_", "-"): value for name, value in sources.items()}
    return "; ".join(f"{name} {value}" for name, value in (_SOURCES | changed).items())


POLICY = policy()
# A page that shows a document of the desk's own, drawn as PDF.
WITH_PAPER = policy(frame_src="'self'", object_src="'self'")
# Such a document: only the desk's own pages may show it. The browser's viewer is what it may embed.
PAPER = "; ".join(["default-src 'none'", "object-src 'self'", "frame-ancestors 'self'", "base-uri 'none'"])
