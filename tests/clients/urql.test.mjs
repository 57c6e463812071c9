// urql, with its queries by GET as it sends them by default, and graphql-sse beside it.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { Client, cacheExchange, fetchExchange } from "@urql/core";
import { parse } from "graphql";
import { createClient } from "graphql-sse";
import { pay } from "./conversation.mjs";
import { CLIENT, approve, demo, documents, signIn } from "./saldo.mjs";

let saldo;
before(async () => (saldo = await demo()));
after(() => saldo.stop());

function runner(fetch, sent = [], options = {}) {
  const client = new Client({
    url: saldo.endpoint,
    exchanges: [cacheExchange, fetchExchange],
    fetch: (url, init) => (sent.push(init.method), fetch(url, init)),
    requestPolicy: "network-only",
    ...options,
  });
  return async (_name, text, variables) => {
    const mutation = parse(text).definitions[0].operation === "mutation";
    const { data, error } = await client[mutation ? "mutation" : "query"](text, variables).toPromise();
    assert.equal(error, undefined);
    return data;
  };
}

test("the whole conversation with a registered account, questions by GET", async () => {
  const sent = [];
  const run = runner(await signIn(saldo.endpoint), sent);
  await run("services", "query { viewer { id displayName } }", {});
  assert.deepEqual(sent, ["GET"]);

  const paid = await pay(run, { number: "SAL1001", url: saldo.url, enabled: false });

  assert.equal(paid.outcome.__typename, "PaymentSucceeded");
  assert.ok(paid.renewalChoices.every(({ enabled }) => !enabled));
});

test("the whole conversation with a new account", async () => {
  const run = runner(await signIn(saldo.endpoint, "345678@aruba.it"));

  const paid = await pay(run, { number: "SAL3001", url: saldo.url, registered: false });

  assert.equal(paid.outcome.__typename, "PaymentSucceeded");
});

test("graphql-sse follows a payment from the approval to its end", async () => {
  const fetchFn = await signIn(saldo.endpoint, "345678@aruba.it");
  const run = runner(fetchFn);
  const { startPayment } = await run("start_payment", documents.start_payment, {
    input: { order: { number: "SAL3002" }, returnUrl: saldo.endpoint },
  });
  const { id, amount } = startPayment.payment;
  await run("select_new_account", documents.select_new_account, { paymentId: id });
  const { confirmPayment } = await run("confirm_payment", documents.confirm_payment, {
    input: { paymentId: id, expectedAmount: { amount: amount.amount, currency: amount.currency } },
  });
  const live = createClient({ url: saldo.endpoint, fetchFn, headers: CLIENT });
  const seen = [];

  for await (const { data, errors } of live.iterate({ query: documents.payment_changed, variables: { paymentId: id } })) {
    assert.equal(errors, undefined);
    seen.push(data.paymentChanged.status);
    if (seen.length === 1) await approve(confirmPayment.payment.nextAction.redirectUrl, "pays@payer.example");
  }

  assert.equal(seen[0], "AWAITING_APPROVAL");
  assert.equal(seen.at(-1), "SUCCEEDED");
  live.dispose();
});

test("a query over graphql-sse is refused or answered, never left hanging", async () => {
  const live = createClient({ url: saldo.endpoint, fetchFn: await signIn(saldo.endpoint), headers: CLIENT, retryAttempts: 0 });
  const seen = [];

  await (async () => {
    for await (const result of live.iterate({ query: "{ viewer { id } }" })) seen.push(result);
  })().catch((error) => seen.push(error));

  assert.equal(seen.length, 1);
  live.dispose();
});
