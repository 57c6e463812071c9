// Bearer tokens of a real OpenID Connect provider, the certified program oidc-provider: good ones, and every kind of bad one.
import assert from "node:assert/strict";
import { createHmac, createPublicKey, generateKeyPairSync } from "node:crypto";
import { createServer } from "node:http";
import { after, before, test } from "node:test";
import { Provider } from "oidc-provider";
import { demo, documents, freePort, idOf, until } from "./saldo.mjs";

const AUDIENCE = "https://api.saldo.example";
const LOGINS = { customers: "123456@aruba.it", strangers: "999999@aruba.it" };
const FIRST = key("first");
const SECOND = key("second");
let saldo, issuer, server;

function key(kid) {
  const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  return { ...privateKey.export({ format: "jwk" }), kid, use: "sig", alg: "RS256" };
}

async function startProvider(port, signing) {
  const client = (client_id, extra = {}) => ({
    client_id,
    client_secret: "a secret",
    grant_types: ["client_credentials"],
    redirect_uris: [],
    response_types: [],
    ...extra,
  });
  const provider = new Provider(`http://127.0.0.1:${port}`, {
    jwks: { keys: [signing] },
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
  const answer = provider.callback();
  const listening = createServer((request, response) => {
    response.setHeader("Connection", "close"); // a connection kept open would not survive a restart
    answer(request, response);
  });
  await new Promise((resolve) => listening.listen(port, "127.0.0.1", resolve));
  return listening;
}

async function stopProvider(listening) {
  listening.closeAllConnections();
  await new Promise((resolve) => listening.close(resolve));
}

before(async () => {
  const port = await freePort();
  issuer = `http://127.0.0.1:${port}`;
  server = await startProvider(port, FIRST);
  saldo = await demo({ SALDO_OIDC_ISSUER: issuer, SALDO_OIDC_AUDIENCE: AUDIENCE });
});
after(async () => {
  await saldo.stop();
  server.close();
});

async function tokenOf(client, resource = AUDIENCE, provider = issuer) {
  const response = await fetch(`${provider}/token`, {
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

test("a token of another provider is refused, though it has the same key", async () => {
  const port = await freePort();
  const other = await startProvider(port, FIRST);
  const token = await tokenOf("customers", AUDIENCE, `http://127.0.0.1:${port}`);
  await stopProvider(other);

  const { status, code } = await ask(token);

  assert.deepEqual([status, code], [401, "INVALID_TOKEN"]);
});

test("the provider's public key is no secret to sign with", async () => {
  const [, body] = (await tokenOf("customers")).split(".");
  const head = Buffer.from('{"alg":"HS256","typ":"at+jwt","kid":"first"}').toString("base64url");
  const { keys } = await (await fetch(`${issuer}/jwks`)).json();
  const published = createPublicKey({ key: keys[0], format: "jwk" });
  const secrets = [published.export({ format: "pem", type: "spki" }), published.export({ format: "der", type: "spki" }), JSON.stringify(keys[0])];

  for (const secret of secrets) {
    const signature = createHmac("sha256", secret).update(`${head}.${body}`).digest("base64url");
    const { status, code } = await ask([head, body, signature].join("."));
    assert.deepEqual([status, code], [401, "INVALID_TOKEN"]);
  }
});

test("when the provider changes its key, tokens of the new one are accepted within seconds and those of the old one no more", async () => {
  const former = await tokenOf("customers");
  await stopProvider(server);
  server = await startProvider(new URL(issuer).port, SECOND);
  const token = await tokenOf("customers");

  const { name } = await until(async () => {
    const answer = await ask(token);
    return answer.status === 200 && answer;
  }, "the new key");
  const { status, code } = await ask(former);

  assert.deepEqual([name, status, code], ["Mario Rossi", 401, "INVALID_TOKEN"]);
});

test("the keys stay good while the provider is away", async () => {
  const token = await tokenOf("customers");
  await stopProvider(server);

  const { status, name } = await ask(token);

  assert.deepEqual([status, name], [200, "Mario Rossi"]);
});
