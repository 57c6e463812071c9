"""One document of PayPal's, repaired, completed, and made strict towards what we send."""

from collections.abc import Iterator
from copy import deepcopy
from typing import Any

from tests.contract.additions import ENVELOPE, OAUTH_REFUSAL, PROPERTIES, Schema

FORMATS = frozenset({"uri", "date", "date-time", "uuid"})  # all others in the files are PayPal's own
SOURCES = frozenset({"paypal", "token"})  # of the twenty payment sources
IGNORED = frozenset({"examples", "example", "x-examples", "discriminator"})
SCHEMAS = "#/components/schemas/"


class Document:
    """A document whose components are renamed for `name`, so that several fit into one."""

    def __init__(self, name: str, document: Schema) -> None:
        self.name = name
        self.document = deepcopy(document)
        self.schemas: dict[str, Schema] = self.document["components"]["schemas"]
        for schema, properties in PROPERTIES.get(name, {}).items():
            if schema in self.schemas:  # the copies are of different months
                for part in (self.schemas[schema], *self.schemas[schema].get("allOf", [])):
                    replaced = properties.keys() & part.get("properties", {}).keys()
                    part.update(properties=part.get("properties", {}) | {each: properties[each] for each in replaced})
                self.schemas[schema].setdefault("properties", {}).update(properties)
        self.twins: dict[str, Schema] = {}

    def operations(self, wanted: dict[str, list[str]]) -> dict[str, dict[str, Schema]]:
        """Return the wanted operations by path and method, strict towards requests and open towards answers."""
        paths: dict[str, dict[str, Schema]] = {}
        for path, methods in wanted.items():
            shared = self.document["paths"][path].get("parameters", [])
            for method in methods:
                operation = deepcopy(self.document["paths"][path][method])
                operation["parameters"] = [self.parameter(each) for each in [*operation.get("parameters", []), *shared]]
                operation["security"] = [{"Bearer": []}]
                operation["responses"] = self.answers(operation["responses"])
                if method == "get":
                    operation.pop("requestBody", None)
                elif "requestBody" in operation:
                    operation["requestBody"] = self.body(operation["requestBody"])
                paths.setdefault(path, {})[method] = self.renamed(repaired(operation))
        return paths

    def components(self) -> dict[str, Schema]:
        """Return the schemas under their new names: as published for answers, closed for requests."""
        named = {**self.schemas, **self.twins}
        return {f"{self.name}.{name}": self.renamed(repaired(schema)) for name, schema in named.items()}

    def parameter(self, given: Schema) -> Schema:
        """Return a parameter; a request id is always sent, though only some of the copies demand it."""
        parameter = deepcopy(self.resolve(given))
        if parameter["name"] == "Prefer":  # one file allows 20 characters, and names a value of 21
            parameter["schema"].pop("maxLength", None)
        return {**parameter, "required": True} if parameter["name"] == "PayPal-Request-Id" else parameter

    def answers(self, responses: Schema) -> Schema:
        """Keep the successes as they are published; every refusal wears the one envelope.

        What answers 201 answers 200 to the same request id again, which not all of the files say.
        """
        kept = {code: answer for code, answer in responses.items() if code.startswith("2")}
        return {
            **({"200": kept["201"]} if "201" in kept else {}),
            **kept,
            "401": answer_of({"anyOf": [ENVELOPE, OAUTH_REFUSAL]}),
            "default": answer_of(ENVELOPE),
        }

    def body(self, given: Schema) -> Schema:
        """Return the body of a request, closed."""
        body = deepcopy(self.resolve(given))
        for media in body["content"].values():
            media["schema"] = self.closed(media["schema"])
        return body

    def resolve(self, node: Schema) -> Schema:
        """Follow a reference of this document."""
        while "$ref" in node:
            target: Any = self.document
            for step in node["$ref"].removeprefix("#/").split("/"):
                target = target[step]
            node = target
        return node

    def closed(self, node: Any) -> Any:
        """Return a copy in which no object takes a property that is not named: a misspelt field is found.

        References lead to closed twins, so that the answers, which may grow, stay as they are.
        """
        if isinstance(node, list):
            return [self.closed(each) for each in node]
        if not isinstance(node, dict):
            return node
        if "$ref" in node and node["$ref"].startswith(SCHEMAS):
            return {"$ref": SCHEMAS + self.twin(node["$ref"].removeprefix(SCHEMAS))}
        properties, required = self.flattened(node)
        if not properties:
            return {key: self.closed(value) for key, value in node.items()}
        rest = {key: value for key, value in node.items() if key not in {"allOf", "properties", "required"}}
        return {
            **rest,
            "type": "object",
            "properties": {name: self.closed(schema) for name, schema in properties.items()},
            **({"required": sorted(required)} if required else {}),
            "additionalProperties": False,
        }

    def twin(self, schema: str) -> str:
        name = f"{schema}.request"
        if name not in self.twins:
            self.twins[name] = {}  # a schema may lead back to itself
            self.twins[name] = self.closed(self.schemas[schema])
        return name

    def flattened(self, node: Schema) -> tuple[dict[str, Schema], set[str]]:
        """Return the properties of a schema and of all that it is composed of, and which of them are required."""
        properties: dict[str, Schema] = {}
        required = set(node.get("required", []))
        for part in node.get("allOf", []):
            more, wanted = self.flattened(self.resolve(part))
            properties |= more
            required |= wanted
        own = node.get("properties", {})
        return properties | (own if isinstance(own, dict) else {}), required

    def renamed(self, node: Any) -> Any:
        """Return a copy whose references lead to the new names."""
        if isinstance(node, list):
            return [self.renamed(each) for each in node]
        if not isinstance(node, dict):
            return node
        if isinstance(node.get("$ref"), str) and node["$ref"].startswith(SCHEMAS):
            return {"$ref": f"{SCHEMAS}{self.name}.{node['$ref'].removeprefix(SCHEMAS)}"}
        return {key: self.renamed(value) for key, value in node.items()}


def answer_of(schema: Schema) -> Schema:
    return {"description": "a refusal", "content": {"application/json": {"schema": schema}}}


def repaired(node: Any, *, names: bool = False) -> Any:
    """Return a copy that a validator can enforce; within ``names``, keys are properties and mean nothing else."""
    if isinstance(node, list):
        return [repaired(each) for each in node]
    if not isinstance(node, dict):
        return node
    if names:
        sources = node.keys() & {"card", "venmo", "blik"}  # a list of payment sources: only ours are kept
        return {name: repaired(value) for name, value in node.items() if not sources or name in SOURCES}
    if isinstance(node.get("$ref"), str):
        return {"$ref": node["$ref"]}  # its siblings are ignored by the standard, and not by every tool
    kept = {key: value for key, value in node.items() if key not in IGNORED and not (key == "enum" and value == [])}
    if isinstance(kept.get("format"), str) and kept["format"] not in FORMATS:
        del kept["format"]
    if isinstance(kept.get("pattern"), str):
        kept["pattern"] = repaired_pattern(kept["pattern"])
    return {key: repaired(value, names=key == "properties") for key, value in kept.items()}


def repaired_pattern(pattern: str) -> str:
    r"""Return a pattern that is one in every dialect of regular expressions.

    `\!` is an error in ECMAScript's strict one, and so is PayPal's pattern of an e-mail address, which has lone
    brackets. A validator that swallows such an error takes any body for valid.
    """
    return r"^.+@.+$" if pattern.startswith("(?:[a-zA-Z0-9!#$%&") else pattern.replace(r"\!", "!")


def references(node: Any) -> Iterator[str]:
    """Yield the schemas that a node refers to, by name."""
    if isinstance(node, dict):
        if isinstance(node.get("$ref"), str):
            yield node["$ref"].removeprefix(SCHEMAS)
        for value in node.values():
            yield from references(value)
    elif isinstance(node, list):
        for value in node:
            yield from references(value)
