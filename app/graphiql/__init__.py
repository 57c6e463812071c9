"""GraphiQL for whoever opens `/graphql` in a browser, from our own origin: the documents of `queries/` as tabs."""

import gzip
import json
import mimetypes
from functools import cache
from pathlib import Path

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

QUERIES = Path(__file__).parents[2] / "queries"
PAGE = Path(__file__).parent / "page.html"
ASSETS = Path(__file__).parent / "assets"  # built from source/ by `make graphiql`; each file compressed
POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "worker-src 'self'",
        "connect-src 'self'",
        "style-src 'self' 'unsafe-inline'",  # the editor writes its theme and the place of its cursor as styles
        "font-src 'self' data:",
        "img-src 'self' data:",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
    )
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store",
}


def render_graphiql() -> Response:
    """Return the page."""
    return HTMLResponse(page(), headers=HEADERS)


def asset_routes() -> list[Route]:
    """Return the route of the scripts, styles and fonts that the page asks for."""
    return [Route("/graphiql/{name}", send_asset, methods=["GET"])]


async def send_asset(request: Request) -> Response:
    """Answer with one file of the bundle, compressed as it lies there unless the browser cannot read that."""
    name: str = request.path_params["name"]
    compressed = assets().get(name)
    if compressed is None:
        return Response("Not found.", status_code=404, media_type="text/plain")
    headers = {"X-Content-Type-Options": "nosniff", "Cache-Control": "no-cache", "Vary": "Accept-Encoding"}
    accepts = "gzip" in request.headers.get("accept-encoding", "")
    if accepts:
        headers["Content-Encoding"] = "gzip"
    kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
    return Response(compressed if accepts else gzip.decompress(compressed), media_type=kind, headers=headers)


@cache
def assets() -> dict[str, bytes]:
    """Return the compressed files by the name under which they are asked for, read once."""
    return {path.stem: path.read_bytes() for path in ASSETS.glob("*.gz")}


@cache
def page() -> str:
    """Return the page with its tabs, read once."""
    variables = json.loads((QUERIES / "variables.json").read_text(encoding="utf-8"))
    tabs = [
        {
            "query": path.read_text(encoding="utf-8"),
            "variables": json.dumps(variables[path.stem], indent=2, ensure_ascii=False),
        }
        for path in sorted(QUERIES.glob("*.graphql"))
    ]
    inside_script = json.dumps(tabs, ensure_ascii=False).replace("<", "\\u003c")
    return PAGE.read_text(encoding="utf-8").replace("{{ tabs }}", inside_script)
