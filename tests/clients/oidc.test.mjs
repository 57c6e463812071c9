// Bearer tokens of a real OpenID Connect provider, the certified program oidc-provider: good ones, and every kind of bad one.
import assert from "node:assert/strict";
import { createServer } from "node:http";
import { after, before, test } from "node:test";
import { Provider } from "oidc-provider";
import { demo, documents, freePort, idOf } from "./saldo.mjs";

const AUDIENCE = "https://api.saldo.example";
const LOGINS = { customers: "123456@aruba.it", strangers: "999999@aruba.it" };
let saldo, issuer, server;

async function startProvider(port) {
  const client = (client_id, extra = {}) => ({
    client_id,
    client_secret: "a secret",
    grant_types: ["client_credentials"],
    redirect_uris: [],
    response_types: [],
    ...extra,
  });
  const provider = new Provider(`http://127.0.0.1:${port}`, {
    clients: [client("customers"), client("strangers")],
    features: {
      devInteractions: { enabled: false },
      clientCredentials: { enabled: true },
      resourceIndicators: {
        enabled: true,
        getResourceServerInfo: (_ctx, resource) => ({
          scope: "customer-area",
          audience: resource,
          accessTokenFormat: "jwt",
          jwt: { sign: { alg: "RS256" } },
        }),
        useGrantedResource: () => true,
      },
    },
    ttl: { ClientCredentials: 600 },
    extraTokenClaims: (_ctx, token) => ({ preferred_username: LOGINS[token.clientId] ?? LOGINS.customers }),
  });
  server = createServer(provider.callback());
  await new Promise((resolve) => server.listen(port, "127.0.0.1", resolve));
}

before(async () => {
  const port = await freePort();
  issuer = `http://127.0.0.1:${port}`;
  await startProvider(port);
  saldo = await demo({ SALDO_OIDC_ISSUER: issuer, SALDO_OIDC_AUDIENCE: AUDIENCE });
});
after(async () => {
  await saldo.stop();
  server.close();
});

async function tokenOf(client, resource = AUDIENCE) {
  const response = await fetch(`${issuer}/token`, {
    method: "POST",
    headers: { Authorization: `Basic ${Buffer.from(`${client}:a+secret`).toString("base64")}` },
    body: new URLSearchParams({ grant_type: "client_credentials", resource, scope: "customer-area" }),
  });
  const answer = await response.json();
  assert.ok(answer.access_token, JSON.stringify(answer));
  return answer.access_token;
}

// The provider runs in this process: what it does inside happens a quarter of an hour ago.
async function longAgo(act) {
  const now = Date.now;
  Date.now = () => now() - 15 * 60_000;
  try {
    return await act();
  } finally {
    Date.now = now;
  }
}

async function ask(token) {
  const response = await fetch(saldo.endpoint, {
    method: "POST",
    headers: { "Content-Type": "application/json", Authorization: `Bearer ${token}` },
    body: JSON.stringify({ documentId: idOf(documents.services) }),
  });
  const body = await response.json();
  return { status: response.status, name: body.data?.viewer?.displayName, code: body.errors?.[0].extensions.code, headers: response.headers };
}

test("a token of the provider signs its customer in", async () => {
  const { status, name } = await ask(await tokenOf("customers"));

  assert.deepEqual([status, name], [200, "Mario Rossi"]);
});

test("a token for another audience, of a stranger, expired, or changed by a byte is refused", async () => {
  const good = await tokenOf("customers");
  const [head, body, signature] = good.split(".");
  const other = JSON.stringify({ ...JSON.parse(Buffer.from(body, "base64url")), preferred_username: "234567@aruba.it" });
  const bad = {
    "another audience": await tokenOf("customers", "https://elsewhere.example"),
    "no customer": await tokenOf("strangers"),
    expired: await longAgo(() => tokenOf("customers")),
    "another login": [head, Buffer.from(other).toString("base64url"), signature].join("."),
    "no signature": [Buffer.from('{"alg":"none","typ":"at+jwt"}').toString("base64url"), body, ""].join("."),
    "no token": "nonsense",
  };

  for (const [what, token] of Object.entries(bad)) {
    const { status, code, headers } = await ask(token);
    assert.deepEqual([what, status, code, headers.get("www-authenticate")], [what, 401, "INVALID_TOKEN", 'Bearer error="invalid_token"']);
  }
});

test("the keys stay good while the provider is away", async () => {
  const token = await tokenOf("customers");
  server.close();
  server.closeAllConnections();

  const { status, name } = await ask(token);

  assert.deepEqual([status, name], [200, "Mario Rossi"]);
});
