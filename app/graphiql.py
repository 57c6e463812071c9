"""GraphiQL for whoever opens `/graphql` in a browser: the documents of `queries/` as tabs, in order."""

import json
from functools import cache
from pathlib import Path

from starlette.responses import HTMLResponse, Response

QUERIES = Path(__file__).parents[1] / "queries"
PAGE = Path(__file__).with_suffix(".html")
HINT = """\
# Run the tabs from left to right.
#
# In the variables, pay_…, acc_…, srv_… and ord_…
# stand for the first payment, account, service and
# order of the latest answer that had one.

"""


def render_graphiql() -> Response:
    """Return the page."""
    return HTMLResponse(page())


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
    tabs[0]["query"] = HINT + tabs[0]["query"]
    inside_script = json.dumps(tabs, ensure_ascii=False).replace("<", "\\u003c")
    return PAGE.read_text(encoding="utf-8").replace("{{ tabs }}", inside_script)
