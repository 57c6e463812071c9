"""What Schemathesis writes for our scalars; it loads this module by the variable SCHEMATHESIS_HOOKS."""

import schemathesis
from hypothesis import strategies as st
from hypothesis_graphql import nodes

TEXTS = {
    "Decimal": st.decimals(min_value=-1000, max_value=1000, places=2).map(str) | st.text(max_size=8),
    "URL": st.sampled_from(["https://front.example/", "https://elsewhere.example/", "javascript:0", ""]),
    "CurrencyCode": st.sampled_from(["EUR", "USD", "eur", ""]),
    "Date": st.dates().map(str) | st.text(max_size=8),
    "DateTime": st.datetimes().map(lambda instant: f"{instant.isoformat()}Z"),
}

for name, texts in TEXTS.items():
    schemathesis.graphql.scalar(name, texts.map(nodes.String))
