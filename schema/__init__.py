"""The contract: GraphQL types only. Enums come first, since a type that met one undescribed would register it bare."""

from schema import enums as enums
