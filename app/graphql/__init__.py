"""GraphQL as this process serves it: the schema, its limits, and its way over HTTP."""

from app.graphql.schema import schema

__all__ = ["schema"]
