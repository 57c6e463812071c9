"""GraphiQL."""

from starlette.responses import HTMLResponse, Response


def render_graphiql() -> Response:
    return HTMLResponse("")
