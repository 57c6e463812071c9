"""Wires `/graphql` and what every request passes before it."""

from collections.abc import Callable
from datetime import datetime, timedelta

import httpx2
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware

from app.graphiql import QUERIES
from app.graphql.budgets import Budgets
from app.graphql.callers import Callers
from app.graphql.context import ContextFactory
from app.graphql.documents import Documents, own_documents, read_manifest, trust
from app.graphql.endpoint import CLIENT_HEADER, GraphQLEndpoint
from app.graphql.event_stream import Streams
from app.graphql.gate import Gate
from app.graphql.heads import RequestHeads
from app.graphql.schema import schema
from app.request_ids import RequestIds
from app.settings import Settings
from gateways.identity import BearerTokens, Provider
from gateways.paypal.breaker import Breaker
from policies.rate_limits import Allowance
from use_cases.payment_feed import PaymentFeed

IDENTITY_TIMEOUT_SECONDS = 5


def create_endpoint(
    settings: Settings, *, feed: PaymentFeed, streams: Streams, breaker: Breaker, clock: Callable[[], datetime]
) -> GraphQLEndpoint:
    """Wire `/graphql`. Raises ``ManifestError`` for a manifest that cannot be used."""
    manifests = [own_documents(QUERIES), *(read_manifest(path) for path in settings.trusted_manifests)]
    documents = Documents(trusted=trust(manifests, schema._schema), free_text=settings.free_text)
    window = timedelta(seconds=settings.budget_window_seconds)
    budgets = Budgets(
        trusted=Allowance(points=settings.budget_points, window=window),
        free_text=Allowance(points=settings.free_text_budget_points, window=window),
    )
    contexts = ContextFactory.of(
        settings,
        feed=feed,
        gate=Gate(documents=documents, budgets=budgets),
        breaker=breaker,
        bearer=create_bearer(settings, clock=clock),
        clock=clock,
    )
    return GraphQLEndpoint(
        contexts,
        documents=documents,
        callers=Callers(most=settings.requests_at_once),
        streams=streams,
        patience_seconds=settings.request_seconds,
        graphiql=settings.graphiql,
    )


def create_bearer(settings: Settings, *, clock: Callable[[], datetime]) -> BearerTokens | None:
    """Wire the check of bearer tokens; without a provider none is accepted."""
    if settings.oidc_issuer is None:
        return None
    provider = Provider(
        issuer=settings.oidc_issuer, audience=settings.oidc_audience, username_claim=settings.oidc_username_claim
    )
    return BearerTokens(provider=provider, http=httpx2.AsyncClient(timeout=IDENTITY_TIMEOUT_SECONDS), clock=clock)


def create_middleware(settings: Settings) -> list[Middleware]:
    """Wire what surrounds every request: its id, the limit of its head, the pages of other origins that may call us."""
    middleware = [Middleware(RequestIds), Middleware(RequestHeads)]
    if settings.cors_origins:
        cors = Middleware(
            CORSMiddleware,
            allow_origins=settings.cors_origins,
            allow_credentials=True,
            allow_methods=["GET", "POST"],
            allow_headers=["Authorization", "Content-Type", CLIENT_HEADER],
            expose_headers=["Retry-After", "X-Request-Id"],
            max_age=600,
        )
        middleware.append(cors)
    return middleware
