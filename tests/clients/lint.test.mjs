// The contract and the documents under the rules of graphql-eslint and graphql-inspector.
import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import graphql from "@graphql-eslint/eslint-plugin";
import { ESLint } from "eslint";
import { buildClientSchema, getIntrospectionQuery, printSchema } from "graphql";
import { ROOT, demo, signIn } from "./saldo.mjs";

const HERE = fileURLToPath(new URL(".", import.meta.url));
const SDL = join(ROOT, "schema/schema.graphql");
const QUERIES = join(ROOT, "queries/*.graphql");

let saldo;
before(async () => (saldo = await demo()));
after(() => saldo.stop());

// Each exception with its reason.
const EXCEPTIONS = {
  // What has no identity of its own is a value: a cache keeps it with the object it belongs to.
  "@graphql-eslint/strict-id-in-types": [
    "error",
    {
      exceptions: {
        suffixes: ["Connection", "Edge", "Payload", "Error", "Action"],
        types: [
          "AutoRenewal", "AutoRenewalBlock", "AutoRenewalEligibility", "Consent", "ConsentText", "EmailDelivery", "Money", "OrderBlock",
          "OrderLine", "PageInfo", "PayPalAccountSnapshot", "PaymentCanceled", "PaymentEvent", "PaymentExpired", "PaymentFailed",
          "PaymentSucceeded", "RateLimit", "Refund", "RenewalCharge", "RenewalChoice", "RenewalMandate", "RenewalNotice",
          "TaxedMoney",
        ],
      },
    },
  ],
  // Accounts, lines, blocks and history are bounded by the business: they are plain lists on purpose.
  "@graphql-eslint/relay-edge-types": ["error", { listTypeCanWrapOnlyEdgeType: false }],
  // The server's own limit: "Why was I charged?" follows a charge back to the order beside which it was agreed to.
  "@graphql-eslint/selection-set-depth": ["error", { maxDepth: 10 }],
  // Lists inside an object are read forwards; the two lists of the viewer go both ways.
  "@graphql-eslint/relay-arguments": ["error", { includeBoth: false }],
};
// GraphQL's own directive, which printers write without a description.
const NOT_OURS = 'Description is required for directive "oneOf"';

async function lint(config, files) {
  const eslint = new ESLint({
    cwd: ROOT,
    overrideConfigFile: true,
    overrideConfig: [
      {
        files: ["**/*.graphql"],
        languageOptions: { parser: graphql.parser, parserOptions: { graphQLConfig: { schema: SDL, documents: QUERIES } } },
        plugins: { "@graphql-eslint": graphql },
        rules: { ...config.rules, ...Object.fromEntries(Object.entries(EXCEPTIONS).filter(([name]) => name in config.rules)) },
      },
    ],
  });
  const results = await eslint.lintFiles(files);
  return results.flatMap(({ messages }) => messages.filter(({ message }) => message !== NOT_OURS).map(({ ruleId, message, line }) => `${ruleId} line ${line}: ${message}`));
}

test("the contract is clean under graphql-eslint's recommended rules", async () => {
  assert.deepEqual(await lint(graphql.configs["flat/schema-recommended"], [SDL]), []);
});

test("the contract is clean under graphql-eslint's rules for Relay", async () => {
  assert.deepEqual(await lint(graphql.configs["flat/schema-relay"], [SDL]), []);
});

test("the documents are clean under graphql-eslint's recommended rules", async () => {
  assert.deepEqual(await lint(graphql.configs["flat/operations-recommended"], [QUERIES]), []);
});

const INSPECTOR = join(HERE, "node_modules/.bin/graphql-inspector");
const inspect = (...args) =>
  execFileSync(INSPECTOR, args, { cwd: HERE, encoding: "utf8", stdio: "pipe" });

// What graphql-inspector tells of two contracts, a line each; a cross marks what breaks clients.
function changes(before, now, ...rules) {
  const { stdout, stderr, status } = spawnSync(INSPECTOR, ["diff", before, now, ...rules], { cwd: HERE, encoding: "utf8" });
  const said = `${stdout}${stderr}`.replaceAll(/\u001b\[[0-9;]*m/g, "");
  assert.match(said, status === 0 ? /No (breaking )?changes detected/ : /breaking change/, said);
  const told = said.split("\n").map((line) => line.replace(/^\[log\]/, "").trim());
  return told.filter((line) => /^[✖✔⚠]/.test(line)).map((line) => line.replace(/^[✔⚠]\s*/, ""));
}

test("graphql-inspector finds every document valid, within small limits", () => {
  assert.match(inspect("validate", QUERIES, SDL, "--maxDepth", "10", "--maxAliasCount", "5"), /All documents are valid/);
});

test("graphql-inspector finds no difference between the contract on file and the one served", async () => {
  const send = await signIn(saldo.endpoint);
  const response = await send(saldo.endpoint, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ query: getIntrospectionQuery({ oneOf: true, specifiedByUrl: true }) }),
  });
  const { data, errors } = await response.json();
  assert.equal(errors, undefined);
  const served = join(mkdtempSync(join(tmpdir(), "served-")), "schema.graphql");
  writeFileSync(served, printSchema(buildClientSchema(data)));

  // Directives on fields are not part of introspection: only their absence may differ.
  const differences = changes(SDL, served).filter((line) => !line.startsWith("Directive cost was removed from field "));
  assert.deepEqual(differences, []);
});

const git = (...args) => {
  const { status, stdout } = spawnSync("git", args, { cwd: ROOT, encoding: "utf8" });
  return status === 0 ? stdout : null;
};

// The contract where this branch left main; on main itself, before the last commit; null without a history.
function contractBefore() {
  const head = git("rev-parse", "HEAD");
  const left = git("merge-base", "HEAD", "origin/main") ?? git("merge-base", "HEAD", "main");
  return git("show", `${(left && left !== head ? left : "HEAD^").trim()}:schema/schema.graphql`);
}

test("graphql-inspector finds nothing in this branch that breaks a client of the contract before it", (t) => {
  const text = contractBefore();
  if (text === null) return t.skip("a clone without its history");
  const earlier = join(mkdtempSync(join(tmpdir(), "earlier-")), "schema.graphql");
  writeFileSync(earlier, text);

  const breaking = changes(earlier, SDL, "--rule", "suppressRemovalOfDeprecatedField").filter((line) => line.startsWith("✖"));

  assert.deepEqual(breaking, []);
});

test("graphql-inspector sees every question, action and stream asked for by a document", () => {
  const out = join(mkdtempSync(join(tmpdir(), "coverage-")), "coverage.json");
  inspect("coverage", QUERIES, SDL, "--write", out);
  const { types } = JSON.parse(readFileSync(out, "utf8"));

  const unused = ["Query", "Mutation", "Subscription"].flatMap((root) =>
    Object.entries(types[root].children).filter(([, { hits }]) => hits === 0).map(([name]) => `${root}.${name}`),
  );

  assert.deepEqual(unused, ["Query.rateLimit"]); // for those who write queries, not for a front end
});
