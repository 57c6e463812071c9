// Typed code from the contract and the documents alone: no scalar is `any`, and the manifest runs on the server.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { ROOT, production } from "./saldo.mjs";

const HERE = fileURLToPath(new URL(".", import.meta.url));
const bin = (name, args, options = {}) =>
  execFileSync(join(HERE, "node_modules/.bin", name), args, { cwd: HERE, encoding: "utf8", stdio: "pipe", ...options });

test("the generated code compiles strictly, and the server runs its manifest and nothing else", async () => {
  const out = mkdtempSync(join(HERE, "generated-"));
  try {
    const scalars = { DateTime: "string", Date: "string", Decimal: "string", CurrencyCode: "string", URL: "string" };
    writeFileSync(
      join(out, "codegen.json"),
      JSON.stringify({
        schema: join(ROOT, "schema/schema.graphql"),
        documents: join(ROOT, "queries/*.graphql"),
        generates: {
          [`${out}/gql/`]: {
            preset: "client",
            presetConfig: { persistedDocuments: { mode: "embedHashInDocument", hashAlgorithm: "sha256" } },
            config: { strictScalars: true, scalars, useTypeImports: true, enumsAsTypes: true },
          },
        },
      }),
    );
    bin("graphql-codegen", ["--config", join(out, "codegen.json")]);
    writeFileSync(
      join(out, "use.ts"),
      `import { StartPaymentDocument, type PaymentQuery } from "./gql/graphql.js";
       import type { TypedDocumentNode } from "@graphql-typed-document-node/core";
       type Result<T> = T extends TypedDocumentNode<infer R, infer _V> ? R : never;
       export const amount = (result: Result<typeof StartPaymentDocument>): string => {
         const started = result.startPayment;
         return started?.__typename === "StartPaymentPayload" ? started.payment.amount.amount : "";
       };
       export const ended = (query: PaymentQuery): string | undefined =>
         query.node?.__typename === "Payment" ? query.node.outcome?.__typename : undefined;`,
    );
    bin("tsc", ["--strict", "--noEmit", "--skipLibCheck", "--target", "es2022", "--module", "nodenext", "--moduleResolution", "nodenext", join(out, "use.ts")]);

    const code = readFileSync(join(out, "gql/graphql.ts"), "utf8");
    assert.equal(/: any\b|<any>|\bany;/.test(code), false);
    const manifest = join(out, "gql/persisted-documents.json");
    const known = Object.entries(JSON.parse(readFileSync(manifest, "utf8")));
    assert.equal(known.length, readdirSync(join(ROOT, "queries")).filter((name) => name.endsWith(".graphql")).length);
    const saldo = await production({ SALDO_FREE_TEXT: "false", SALDO_TRUSTED_MANIFESTS: manifest });
    try {
      const [id, text] = known.find(([, each]) => each.includes("query Services"));
      const ask = async (body) => {
        const response = await fetch(saldo.endpoint, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) });
        return [response.status, (await response.json()).data];
      };
      assert.deepEqual(await ask({ documentId: id.startsWith("sha256:") ? id : `sha256:${id}` }), [200, { viewer: null }]);
      assert.deepEqual(await ask({ query: text }), [200, { viewer: null }]);
      assert.deepEqual(await ask({ query: "{ viewer { id } }" }), [403, undefined]);
    } finally {
      await saldo.stop();
    }
  } finally {
    execFileSync("rm", ["-rf", out]);
  }
});

test("relay-compiler accepts the schema and documents in its own manner, and its manifest runs on the server", async () => {
  const out = mkdtempSync(join(tmpdir(), "relay-"));
  writeFileSync(
    join(out, "Orders.js"),
    `const { graphql } = require("relay-runtime");
     graphql\`query OrdersQuery($first: Int!, $after: String) { viewer { ...Orders_customer @arguments(first: $first, after: $after) } }\`;
     graphql\`fragment Orders_customer on Customer
       @argumentDefinitions(first: { type: "Int!" }, after: { type: "String" })
       @refetchable(queryName: "OrdersPaginationQuery") {
       orders(first: $first, after: $after) @connection(key: "Orders_orders") { edges { node { id number ...Orders_order } } } }\`;
     graphql\`fragment Orders_order on Order { total { gross { amount currency } } activePayment { id status } }\`;
     graphql\`mutation OrdersCancelMutation($id: ID!) { cancelOrder(orderId: $id) { __typename ... on CancelOrderPayload { order { id status } } ... on UserError { message } } }\`;
     graphql\`subscription OrdersPaymentSubscription($id: ID!) { paymentChanged(paymentId: $id) { id status } }\`;`,
  );
  writeFileSync(join(out, "manifest.json"), "{}");
  writeFileSync(
    join(out, "relay.config.json"),
    JSON.stringify({
      src: ".",
      schema: "./schema.graphql",
      language: "javascript",
      artifactDirectory: "./__generated__",
      persistConfig: { file: "./manifest.json", algorithm: "SHA256" },
    }),
  );
  writeFileSync(join(out, "schema.graphql"), readFileSync(join(ROOT, "schema/schema.graphql")));
  execFileSync("mkdir", [join(out, "__generated__")]);

  const said = bin("relay-compiler", [join(out, "relay.config.json")], { cwd: out });

  assert.match(said, /Compilation completed|\[INFO\] Done/);
  const manifest = JSON.parse(readFileSync(join(out, "manifest.json"), "utf8"));
  assert.equal(Object.keys(manifest).length, 4);
  const saldo = await production({ SALDO_FREE_TEXT: "false", SALDO_TRUSTED_MANIFESTS: join(out, "manifest.json") });
  try {
    const [hash] = Object.entries(manifest).find(([, text]) => text.startsWith("query OrdersQuery"));
    const response = await fetch(saldo.endpoint, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ documentId: `sha256:${hash}`, variables: { first: 5 } }),
    });
    assert.deepEqual((await response.json()).data, { viewer: null });
  } finally {
    await saldo.stop();
  }
});
