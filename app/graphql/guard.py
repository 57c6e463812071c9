"""What stands between a request and its execution, whichever transport brought it: documents, limits, budgets."""

from collections.abc import Iterator
from datetime import datetime

from graphql import DocumentNode, FieldNode, GraphQLError, OperationDefinitionNode, SelectionSetNode
from strawberry.extensions import SchemaExtension

from app.graphql.costs import Price
from app.graphql.documents import Trusted
from app.graphql.gate import Gate
from app.graphql.limits import LIMITS, explained, refusal_of_document, refusal_of_introspection, refusal_of_variables
from resolvers.context import Context
from schema.rate_limit import Quote

AMBIGUOUS = GraphQLError(  # Strawberry would run the first of them
    "The document holds several operations: name one in `operationName`.", extensions={"code": "BAD_USER_INPUT"}
)


class Guard(SchemaExtension):
    """Refuses a document that may not be run, one that is too large, and one that the caller cannot afford."""

    def __init__(self) -> None:
        super().__init__()
        self.trusted: Trusted | None = None

    @property
    def context(self) -> Context:
        context: Context = self.execution_context.context
        return context

    @property
    def gate(self) -> Gate | None:
        """What to check against; None where the schema is executed without a process around it."""
        gate = getattr(self.execution_context.context, "gate", None)
        return gate if isinstance(gate, Gate) else None

    def on_operation(self) -> Iterator[None]:
        self.execution_context.parse_options["max_tokens"] = LIMITS.tokens
        yield

    def on_parse(self) -> Iterator[None]:
        """Take a trusted document as it was parsed and validated at the start."""
        gate = self.gate
        self.trusted = gate.documents.find(self.execution_context.query or "") if gate else None
        if self.trusted is not None:
            self.execution_context.graphql_document = self.trusted.document
        yield

    def on_validate(self) -> Iterator[None]:
        """Validate what is small enough: the rules of GraphQL take more time than the size of a text lets expect."""
        execution = self.execution_context
        if self.trusted is not None:
            execution.validation_rules = ()
        if (refusal := self.refusal()) is not None:
            execution.pre_execution_errors = [refusal]
        yield
        errors = execution.pre_execution_errors or []  # the answer holds this list already
        errors[:] = [explained(each) for each in errors[:1]]  # one is enough to go on; a hundred help only an attacker
        if not errors:
            self.remember()

    def remember(self) -> None:
        """Keep the text for those who will send its hash alone, if it is good and its sender known: room is scarce."""
        execution, gate = self.execution_context, self.gate
        wanted = "persistedQuery" in (execution.operation_extensions or {})
        if wanted and gate is not None and self.trusted is None and self.context.viewer is not None:
            gate.documents.remember(execution.query or "")

    def refusal(self) -> GraphQLError | None:
        """Return why the operation is not validated, unless it is."""
        execution = self.execution_context
        document = execution.graphql_document
        assert document is not None  # parsed
        if self.trusted is None:
            refusal = self.refusal_of_free_text(document) or refusal_of_document(document, execution.schema._schema)
            if refusal is not None:
                return refusal
        if execution._provided_operation_name is None and is_ambiguous(document):
            return AMBIGUOUS
        return refusal_of_variables(execution.variables)

    def refusal_of_free_text(self, document: DocumentNode) -> GraphQLError | None:
        """Return why this text may not be run, unless it may; questions about the schema itself are for everybody."""
        gate = self.gate
        if gate is None:
            return None
        if not gate.documents.free_text:
            return GraphQLError(
                "Only the documents of the manifest are served here; send a documentId.",
                extensions={"code": "DOCUMENT_NOT_TRUSTED"},
            )
        if self.context.viewer is None and not only_introspects(document):
            return GraphQLError(
                "Sign in first, or send the documentId of a trusted document.", extensions={"code": "UNAUTHENTICATED"}
            )
        return None

    def on_execute(self) -> Iterator[None]:
        """Charge the caller; of an operation whose price alone was asked for, execute nothing but the price."""
        execution = self.execution_context
        document = execution.graphql_document
        operation = operation_of(document, execution.operation_name) if document else None
        if self.gate is None or document is None or operation is None:
            yield
            return
        price = Price.of(document, execution.schema._schema, execution.variables)
        asked, others = price_questions(operation, price)
        self.context.dry_run = bool(asked)
        cost = price.operation(operation)
        if self.trusted is None and (excess := refusal_of_introspection(price.introspected)) is not None:
            raise excess
        self.charge(self.gate, cost)
        if asked:
            execution.graphql_document = only(document, operation, asked)
        yield
        if asked and execution.result is not None and execution.result.data is not None:
            execution.result.data.update(dict.fromkeys(others))

    def charge(self, gate: Gate, cost: int) -> None:
        """Take the cost from the caller's budget. Raises ``GraphQLError`` with the code RATE_LIMITED."""
        context = self.context
        quote = context.quote = gate.budgets.charge(
            context.caller, cost=cost, trusted=self.trusted is not None, now=context.now, dry_run=context.dry_run
        )
        if not quote.accepted:
            raise GraphQLError(
                f"The operation costs {quote.cost} points and {quote.remaining} are left; wait for the next window.",
                extensions={"code": "RATE_LIMITED", "retryAfterSeconds": seconds_until(quote, context.now)},
            )

    def get_results(self) -> dict[str, object]:
        quote = getattr(self.execution_context.context, "quote", None)
        return {"cost": {"requested": quote.cost, "remaining": quote.remaining}} if quote else {}


def is_ambiguous(document: DocumentNode) -> bool:
    """Tell whether a document holds several operations, of which a request must name one."""
    return sum(isinstance(each, OperationDefinitionNode) for each in document.definitions) > 1


def operation_of(document: DocumentNode, name: str | None) -> OperationDefinitionNode | None:
    """Return the operation that a request means."""
    operations = [each for each in document.definitions if isinstance(each, OperationDefinitionNode)]
    named = [each for each in operations if name is None or (each.name and each.name.value == name)]
    return named[0] if named else None


def price_questions(operation: OperationDefinitionNode, price: Price) -> tuple[list[FieldNode], list[str]]:
    """Return the root fields that ask for the price alone, and the names under which the others would answer."""
    asked, others = [], []
    for each in price.root_fields(operation.selection_set):
        if each.name.value == "rateLimit" and price.argument(each, "dryRun") is True:
            asked.append(each)
        else:
            others.append((each.alias or each.name).value)
    return asked, others


def only(document: DocumentNode, operation: OperationDefinitionNode, fields: list[FieldNode]) -> DocumentNode:
    """Return the document with nothing but these root fields in its operation."""
    reduced = OperationDefinitionNode(
        operation=operation.operation,
        name=operation.name,
        variable_definitions=operation.variable_definitions,
        selection_set=SelectionSetNode(selections=tuple(fields)),
    )
    others = [each for each in document.definitions if not isinstance(each, OperationDefinitionNode)]
    return DocumentNode(definitions=(reduced, *others))


def only_introspects(document: DocumentNode) -> bool:
    """Tell whether every root field asks about the schema and nothing else."""
    operations = [each for each in document.definitions if isinstance(each, OperationDefinitionNode)]
    return all(
        isinstance(selection, FieldNode) and selection.name.value.startswith("__")
        for operation in operations
        for selection in operation.selection_set.selections
    )


def seconds_until(quote: Quote, now: datetime) -> int:
    """Return the whole seconds until the caller's budget is whole again, at least one."""
    return max(1, round((quote.resets_at - now).total_seconds()))
