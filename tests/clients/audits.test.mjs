// The audits of GraphQL over HTTP, as the reference implementation publishes them: every one passes.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { serverAudits } from "graphql-http";
import { demo, signIn } from "./saldo.mjs";

let saldo;
before(async () => (saldo = await demo()));
after(() => saldo.stop());

test("all audits of graphql-http pass", async () => {
  const fetchFn = await signIn(saldo.endpoint); // free text is for signed-in callers

  const results = [];
  for (const audit of serverAudits({ url: saldo.endpoint, fetchFn })) results.push({ id: audit.id, name: audit.name, ...(await audit.fn()) });

  const failed = results.filter(({ status }) => status !== "ok").map(({ id, name, reason }) => `${id} ${name}: ${reason}`);
  assert.deepEqual(failed, []);
  assert.equal(results.length, 61);
});
