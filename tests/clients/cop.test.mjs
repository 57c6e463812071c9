// What the scanner graphql-cop looks for, check by check: against the settings of production nothing is found.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { production } from "./saldo.mjs";

let saldo;
before(async () => (saldo = await production({ SALDO_FREE_TEXT: "false" })));
after(() => saldo.stop());

const JSON_TYPE = { "Content-Type": "application/json" };
const post = async (body, headers = JSON_TYPE) => {
  const response = await fetch(saldo.endpoint, { method: "POST", headers, body: typeof body === "string" ? body : JSON.stringify(body) });
  return { status: response.status, headers: response.headers, text: await response.text() };
};
const get = async (query) => {
  const response = await fetch(`${saldo.endpoint}?${new URLSearchParams(query)}`, { headers: { Accept: "*/*" } });
  return { status: response.status, headers: response.headers, text: await response.text() };
};
const data = ({ text }) => JSON.parse(text).data;

const CHECKS = {
  "alias overloading": async () => {
    const aliases = Array.from({ length: 101 }, (_, n) => `alias${n}: __typename`).join(" ");
    return data(await post({ query: `query cop { ${aliases} }` })) !== undefined;
  },
  "array-based query batching": async () => {
    const { text } = await post(Array.from({ length: 10 }, () => ({ query: "query cop { __typename }" })));
    return Array.isArray(JSON.parse(text));
  },
  "directive overloading": async () => {
    const { text } = await post({ query: `query cop { __typename ${"@aa".repeat(10)} }` });
    return JSON.parse(text).errors.length === 10;
  },
  "circular query via introspection": async () => {
    const nested = "fields { type { ".repeat(8) + "name" + " } }".repeat(8);
    return data(await post({ query: `query cop { __schema { types { ${nested} } } }` })) !== undefined;
  },
  "detect graphiql": async () => {
    const response = await fetch(saldo.endpoint, { headers: { Accept: "text/html" } });
    return /graphiql|playground/i.test(await response.text());
  },
  "introspection": async () => data(await post({ query: "query cop { __schema { types { name } } }" })) !== undefined,
  "field duplication": async () =>
    data(await post({ query: `query cop { ${"__typename \n".repeat(500)} }` })) !== undefined,
  "field suggestions": async () => /did you mean/i.test((await post({ query: "query cop { viewr { idd } }" })).text),
  "get based queries": async () => data(await get({ query: "query cop { __typename }" })) !== undefined,
  "get based mutations": async () => data(await get({ query: "mutation cop { __typename }" })) !== undefined,
  "post based urlencoded queries": async () =>
    (await post("query=query+cop+%7B__typename%7D", { "Content-Type": "application/x-www-form-urlencoded" })).status === 200,
  "trace mode": async () => /tracing/.test((await post({ query: "query cop { __typename }" })).text),
  "unhandled errors": async () => /exception|traceback|\.py/i.test((await post({ query: "qwerty cop { abc }" })).text),
};

for (const [name, finds] of Object.entries(CHECKS)) {
  test(`graphql-cop finds no ${name}`, async () => assert.equal(await finds(), false));
}
