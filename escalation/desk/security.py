"""What protects every page without its doing: headers, and refusal of requests that another site made.

CSRF is told by the browser itself (Sec-Fetch-Site, else Origin), so forms need no tokens. A request with neither
header comes from no browser, and holds no cookie that a stranger could ride on.
"""

from urllib.parse import urlsplit

from aiohttp import web
from aiohttp.typedefs import Handler

from escalation.errors import EscalationError

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)
HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
    "Cache-Control": "no-store",
}


class CrossSite(EscalationError):  # noqa: N818
    """Another site made this request in the visitor's browser."""

    status = 403
    message = "This request came from another site."


async def add_headers(_request: web.Request, response: web.StreamResponse) -> None:
    """Put the security headers on every answer, live streams included."""
    response.headers.update(HEADERS)


@web.middleware
async def refuse_cross_site(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Raise CrossSite for a change that did not come from our own pages."""
    if request.method not in SAFE_METHODS and not _is_ours(request):
        raise CrossSite
    return await handler(request)


def _is_ours(request: web.Request) -> bool:
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        # "none" is the person's own doing: typed address, reload. "same-site" may be a stranger's subdomain.
        return site in {"same-origin", "none"}
    origin = request.headers.get("Origin")
    if origin is None:
        return True
    # "null" (a sandboxed frame, a data: page) has no host and is refused.
    return urlsplit(origin).netloc == request.host
