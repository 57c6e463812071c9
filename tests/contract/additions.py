"""What PayPal's interface has and its published files have not, as far as we use it; each with its source."""

from typing import Any

Schema = dict[str, Any]

USAGE_PATTERNS = [  # paypal-server-sdk, models/usage_pattern.py
    "IMMEDIATE",
    "DEFERRED",
    *(
        f"{kind}_{when}"
        for kind in ("RECURRING", "THRESHOLD", "SUBSCRIPTION", "UNSCHEDULED", "INSTALLMENT")
        for when in ("PREPAID", "POSTPAID")
    ),
]
PATTERN: Schema = {"type": "string", "enum": USAGE_PATTERNS}
MERCHANT_CUSTOMER_ID: Schema = {"type": "string", "minLength": 1, "maxLength": 64}  # models/vault_customer.py
STORED_CREDENTIAL: Schema = {  # models/paypal_wallet_stored_credential.py
    "type": "object",
    "required": ["payment_initiator"],
    "properties": {
        "payment_initiator": {"type": "string", "enum": ["CUSTOMER", "MERCHANT"]},
        "charge_pattern": PATTERN,
        "usage_pattern": PATTERN,
        "usage": {"type": "string", "enum": ["FIRST", "SUBSEQUENT", "DERIVED"]},
    },
}

# Properties by document and schema. One that is there already is replaced.
PROPERTIES: dict[str, dict[str, dict[str, Schema]]] = {
    "checkout_orders_v2": {
        "paypal_wallet": {"stored_credential": STORED_CREDENTIAL},
        "paypal_wallet_response": {"stored_credential": STORED_CREDENTIAL},
        "vault_paypal_wallet_base": {"usage_pattern": PATTERN},
        "customer": {"merchant_customer_id": MERCHANT_CUSTOMER_ID},
        "paypal_wallet_customer": {"merchant_customer_id": MERCHANT_CUSTOMER_ID},
    },
    "vault_payment_tokens_v3": {
        "customer": {"merchant_customer_id": MERCHANT_CUSTOMER_ID},
        "token_id_request": {  # models/vault_token_request_type.py
            "type": {"type": "string", "enum": ["SETUP_TOKEN", "BILLING_AGREEMENT"]}
        },
        "wallet_base": {"usage_pattern": PATTERN},
        "setup_token_response": {  # models/payment_token_status.py
            "status": {
                "type": "string",
                "enum": ["CREATED", "PAYER_ACTION_REQUIRED", "APPROVED", "VAULTED", "TOKENIZED"],
            }
        },
        "experience_context": {"user_action": {"type": "string", "enum": ["CONTINUE", "SETUP_NOW"]}},
    },
    "notifications_webhooks_v1": {
        # An event is handed back just as it came, though the files call its fields read-only.
        "verify_webhook_signature": {"webhook_event": {"type": "object"}},
    },
}

# The envelope of refusals, https://developer.paypal.com/api/rest/responses/: the files name its array differently, and
# list issues that are known to be incomplete.
ENVELOPE: Schema = {
    "type": "object",
    "required": ["name", "message", "debug_id"],
    "properties": {
        "name": {"type": "string", "pattern": "^[A-Z_]+$"},
        "message": {"type": "string"},
        "debug_id": {"type": "string"},
        "details": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["issue"],
                "properties": {
                    **{name: {"type": "string"} for name in ("issue", "description", "field", "value")},
                    "location": {"type": "string", "enum": ["body", "path", "query"]},
                },
            },
        },
        "links": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["href", "rel"],
                "properties": {name: {"type": "string"} for name in ("href", "rel", "method", "encType")},
            },
        },
    },
}
OAUTH_REFUSAL: Schema = {  # RFC 6749, 5.2
    "type": "object",
    "required": ["error", "error_description"],
    "properties": {"error": {"type": "string"}, "error_description": {"type": "string"}},
}
GRANT: Schema = {  # https://developer.paypal.com/api/rest/authentication/
    "type": "object",
    "required": ["access_token", "token_type", "expires_in"],
    "properties": {
        **{name: {"type": "string"} for name in ("access_token", "scope", "app_id", "nonce")},
        "token_type": {"type": "string", "enum": ["Bearer"]},
        "expires_in": {"type": "integer", "minimum": 1},
    },
}
TOKEN_PATH: Schema = {  # in none of the files
    "post": {
        "operationId": "oauth.token",
        "security": [{"Basic": []}],
        "requestBody": {
            "required": True,
            "content": {
                "application/x-www-form-urlencoded": {
                    "schema": {
                        "type": "object",
                        "required": ["grant_type"],
                        "additionalProperties": False,
                        "properties": {"grant_type": {"type": "string", "enum": ["client_credentials"]}},
                    }
                }
            },
        },
        "responses": {
            "200": {"description": "a token", "content": {"application/json": {"schema": GRANT}}},
            "default": {
                "description": "a refusal",
                "content": {"application/json": {"schema": {"anyOf": [OAUTH_REFUSAL, ENVELOPE]}}},
            },
        },
    }
}
