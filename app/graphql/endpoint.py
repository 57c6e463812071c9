"""`/graphql` over HTTP: what is asked, in which form it is answered, and with which status.

GraphQL over HTTP (https://graphql.github.io/graphql-over-http/draft/): a request that cannot be executed is 400 in
`application/graphql-response+json`; `application/json` keeps 200, for the clients that know no better.
"""

import asyncio
from math import ceil
from typing import Any

import structlog
from cross_web import AsyncHTTPRequestAdapter, HTTPException, StarletteRequestAdapter
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send
from starlette.websockets import WebSocket
from strawberry.http import GraphQLHTTPResponse, GraphQLRequestData
from strawberry.http.base import BaseRequestProtocol
from strawberry.schema.exceptions import InvalidOperationTypeError
from strawberry.subscriptions import GRAPHQL_SSE_PROTOCOL
from strawberry.types import ExecutionResult
from strawberry.types.execution import PreExecutionError
from strawberry.types.graphql import OperationType

from app.graphiql import render_graphiql
from app.graphql.callers import Callers, TooManyAtOnce
from app.graphql.context import CONTEXT, ContextFactory
from app.graphql.documents import Documents
from app.graphql.event_stream import StreamingGraphQL, Streams
from app.graphql.failures import described, retry_after, status_of
from app.graphql.negotiation import LEGACY_JSON, PAGE, RESPONSE_JSON, media_type_of, names, preferred, wants_events
from app.graphql.refusals import HttpRefusal, refusal_of
from app.graphql.requests import find_text, read_parameters
from app.graphql.schema import schema
from gateways.identity import ASK_AFTER, ProviderUnreachable, TokenRefused
from resolvers.context import Context

log = structlog.get_logger(__name__)

STREAMED_ONLY = "A subscription is streamed: send Accept: text/event-stream, and no JSON type beside it."
DEFECT = HttpRefusal(500, "INTERNAL_SERVER_ERROR", "Something went wrong on our side.")
CLIENT_HEADER = "X-Saldo-Client"
METHODS = {"Allow": "GET, POST"}


class RequestAdapter(StarletteRequestAdapter):
    """Strawberry's view of a request that gives the request itself."""

    @property
    def request(self) -> Request:
        return self._request


class GraphQLEndpoint(StreamingGraphQL):
    """Operations by POST, queries also by GET, live streams, and GraphiQL for a browser that asks for a page."""

    request_adapter_class = RequestAdapter

    def __init__(
        self,
        contexts: ContextFactory,
        *,
        documents: Documents,
        callers: Callers,
        streams: Streams,
        patience_seconds: float,
        graphiql: bool,
    ) -> None:
        super().__init__(
            schema,
            graphql_ide="graphiql" if graphiql else None,
            subscription_protocols=(GRAPHQL_SSE_PROTOCOL,),
        )
        self.contexts = contexts
        self.documents = documents
        self.callers = callers
        self.streams = streams
        self.patience_seconds = patience_seconds
        self.undoing: set[asyncio.Task[Response]] = set()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request; whatever goes wrong, the answer is a GraphQL one that names its code."""
        request = Request(scope, receive)
        try:
            response = await self.answer(request)
        except HttpRefusal as refused:
            response = refusal_of(request, refused)
        except Exception as defect:
            log.error("graphql.request_failed", exc_info=defect)
            response = refusal_of(request, DEFECT)
        await response(scope, receive, send)

    async def answer(self, request: Request) -> Response:
        """Return the answer. Raises ``HttpRefusal``."""
        if request.method not in {"GET", "POST"}:
            raise HttpRefusal(405, "METHOD_NOT_ALLOWED", "Send GET or POST.", METHODS)
        accept = request.headers.get("accept", "")
        if preferred(accept, RESPONSE_JSON, LEGACY_JSON, PAGE) is None and not wants_events(accept):
            raise HttpRefusal(406, "NOT_ACCEPTABLE", f"The answer is {RESPONSE_JSON} or {LEGACY_JSON}.")
        self.refuse_forgery(request)
        try:
            return await self.run_in_time(request)
        except TimeoutError as exc:
            log.error("graphql.timed_out")
            raise HttpRefusal(503, "TIMEOUT", "The answer took too long.", {"Retry-After": "5"}) from exc
        except TokenRefused as exc:
            log.info("identity.token_refused", reason=str(exc))
            headers = {"WWW-Authenticate": 'Bearer error="invalid_token"'}
            raise HttpRefusal(401, "INVALID_TOKEN", "The bearer token is not accepted.", headers) from exc
        except ProviderUnreachable as exc:
            headers = {"Retry-After": str(ceil(ASK_AFTER.total_seconds()))}
            raise HttpRefusal(503, "IDENTITY_UNAVAILABLE", "Try again shortly.", headers) from exc
        except HTTPException as exc:
            if isinstance(exc.__cause__, InvalidOperationTypeError):
                if exc.__cause__.operation_type is OperationType.SUBSCRIPTION:
                    raise HttpRefusal(406, "NOT_ACCEPTABLE", STREAMED_ONLY) from exc
                raise HttpRefusal(405, "METHOD_NOT_ALLOWED", f"{exc.reason}.".capitalize(), {"Allow": "POST"}) from exc
            raise HttpRefusal(exc.status_code, "MALFORMED_REQUEST", exc.reason) from exc

    async def run_in_time(self, request: Request) -> Response:
        """Return the answer. Raises ``TimeoutError`` as soon as patience ends.

        Nobody waits for what is then undone: SQLite gives a statement back only when it has its lock.
        """
        running = asyncio.create_task(self.run(request))
        try:
            done, _ = await asyncio.wait({running}, timeout=self.patience_seconds)
        finally:
            running.cancel()
        if done:
            return running.result()
        self.undoing.add(running)
        running.add_done_callback(self.forget)
        raise TimeoutError

    def forget(self, undone: asyncio.Task[Response]) -> None:
        """Forget a request that was given up; how it ended, nobody wants to know."""
        self.undoing.discard(undone)
        if not undone.cancelled():
            undone.exception()

    def refuse_forgery(self, request: Request) -> None:
        """Raise ``HttpRefusal`` for a POST that a foreign page could make a browser send with our cookie.

        A page cannot set a header of its own for another origin without asking (CORS).
        """
        carries_session = self.contexts.cookie_name in request.cookies and "authorization" not in request.headers
        if request.method == "POST" and carries_session and CLIENT_HEADER not in request.headers:
            raise HttpRefusal(
                403, "CLIENT_HEADER_MISSING", f"Send the header {CLIENT_HEADER} with the session's cookie."
            )

    def should_render_graphql_ide(self, request: BaseRequestProtocol) -> bool:
        asked = {"query", "documentId", "extensions"} & set(request.query_params)
        return request.method == "GET" and not asked and names(request.headers.get("accept", ""), PAGE)

    async def render_graphql_ide(self, request: Request) -> Response:
        return render_graphiql()

    async def get_context(self, request: Request | WebSocket, response: Response | WebSocket) -> Context:
        if not isinstance(response, Response):
            raise TypeError("GraphQL is not served over WebSocket")
        context = await self.contexts.build(request, response)
        request.scope[CONTEXT] = context
        return context

    async def get_sub_response(self, request: Request | WebSocket) -> Response:
        response = await super().get_sub_response(request)
        response.media_type = media_type_of(request.headers.get("accept", ""))
        return response

    async def parse_http_body(self, request: AsyncHTTPRequestAdapter) -> GraphQLRequestData:
        """Read the request and find the text it means. Raises ``HttpRefusal``."""
        assert isinstance(request, RequestAdapter)
        parameters = await read_parameters(request.request)
        return GraphQLRequestData(
            query=find_text(parameters, self.documents),
            variables=parameters.variables,
            operation_name=parameters.operation_name,
            extensions=parameters.extensions,
            protocol="sse" if wants_events(request.request.headers.get("accept", "")) else "http",
        )

    async def execute_operation(self, *args: Any, **kwargs: Any) -> Any:
        """Execute one operation, unless its caller has too many under way. Raises ``HttpRefusal``."""
        context: Context = kwargs["context"]
        try:
            with self.callers.one_more(context.caller):
                return await super().execute_operation(*args, **kwargs)
        except TooManyAtOnce as exc:
            raise HttpRefusal(429, "TOO_MANY_AT_ONCE", "Too many requests at once.", {"Retry-After": "1"}) from exc

    async def process_result(self, request: Request, result: ExecutionResult) -> GraphQLHTTPResponse:
        """Return the answer with its errors described."""
        context: Context = request.scope[CONTEXT]
        response: GraphQLHTTPResponse = {"data": result.data}
        if result.errors:
            described_errors = described(
                result.errors,
                executed=not isinstance(result, PreExecutionError),
                locale=context.locale,
                request_id=context.request_id,
            )
            response = {"errors": described_errors, "data": result.data}  # type: ignore[typeddict-item]
            if result.data is None and not any(error.path for error in result.errors):
                del response["data"]
        if result.extensions:
            response["extensions"] = result.extensions
        return response

    def create_response(
        self, response_data: GraphQLHTTPResponse | list[GraphQLHTTPResponse], sub_response: Response
    ) -> Response:
        """Return the answer in the form and with the status that the request accepts."""
        assert isinstance(response_data, dict)
        kind = sub_response.media_type or LEGACY_JSON
        response = super().create_response(response_data, sub_response)
        response.headers["content-type"] = f"{kind}; charset=utf-8"
        response.headers["Cache-Control"] = "no-store"
        response.status_code = status_of(response_data, legacy=kind == LEGACY_JSON)
        if (seconds := retry_after(response_data)) is not None:
            response.headers["Retry-After"] = str(seconds)
        return response
