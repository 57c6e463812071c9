// Apollo Client pays with a registered and with a new account, by text and by persisted queries.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { ApolloClient, ApolloLink, HttpLink, InMemoryCache } from "@apollo/client";
import { PersistedQueryLink } from "@apollo/client/link/persisted-queries";
import { parse, print } from "graphql";
import { pay } from "./conversation.mjs";
import { browserFetch, demo, documents, idOf, signIn, until } from "./saldo.mjs";

// Apollo adds __typename to what it sends: its own text of the sign-in is what a front end would put on its manifest.
const sent = print(new InMemoryCache().transformDocument(parse(documents.sign_in)));

let saldo;
before(async () => {
  const manifest = join(mkdtempSync(join(tmpdir(), "saldo-")), "manifest.json");
  writeFileSync(manifest, JSON.stringify({ [idOf(sent)]: sent }));
  saldo = await demo({ SALDO_TRUSTED_MANIFESTS: manifest });
});
after(() => saldo.stop());

function client(fetch, link = new HttpLink({ uri: saldo.endpoint, fetch })) {
  return new ApolloClient({ link, cache: new InMemoryCache() });
}

const runner = (apollo) => async (_name, text, variables) => {
  const document = parse(text);
  const kind = document.definitions[0].operation;
  const { data, error } =
    kind === "mutation"
      ? await apollo.mutate({ mutation: document, variables })
      : await apollo.query({ query: document, variables, fetchPolicy: "network-only" });
  assert.equal(error, undefined);
  return data;
};

test("the whole conversation with a registered account", async () => {
  const run = runner(client(browserFetch()));
  const { signIn } = await run("sign_in", documents.sign_in, { username: "123456@aruba.it", password: "demo" });
  assert.equal(signIn.viewer.displayName, "Mario Rossi");
  const { viewer } = await run("orders_to_pay", documents.orders_to_pay, { first: 20 });
  assert.ok(viewer.orders.nodes.some(({ number }) => number === "SAL1001"));

  const paid = await pay(run, { number: "SAL1001", url: saldo.url });

  assert.equal(paid.outcome.__typename, "PaymentSucceeded");
  assert.equal(paid.order.status, "PAID");
  await until(
    async () => (await saldo.mails()).some(({ Subject }) => Subject === "Conferma pagamento"),
    "the mail of the payment",
  );
});

test("the whole conversation with a new account", async () => {
  const run = runner(client(await signIn(saldo.endpoint, "345678@aruba.it")));

  const paid = await pay(run, { number: "SAL3001", url: saldo.url, registered: false });

  assert.equal(paid.outcome.__typename, "PaymentSucceeded");
  const { viewer } = await run("paypal_accounts", documents.paypal_accounts, {});
  assert.equal(viewer.payPalAccounts.length, 1);
});

for (const useGETForHashedQueries of [false, true]) {
  test(`persisted queries by ${useGETForHashedQueries ? "GET" : "POST"}`, async () => {
    const sent = [];
    const send = await signIn(saldo.endpoint);
    const fetch = (url, options) => (sent.push([options.method, options.body ?? decodeURIComponent(url)]), send(url, options));
    const sha256 = async (text) => createHash("sha256").update(text).digest("hex");
    const persisted = new PersistedQueryLink({ sha256, useGETForHashedQueries });
    const link = ApolloLink.from([persisted, new HttpLink({ uri: saldo.endpoint, fetch })]);
    const query = parse(`query Names${useGETForHashedQueries} { viewer { displayName } }`);

    for (let time = 0; time < 2; time++) {
      const { data } = await client(fetch, link).query({ query, fetchPolicy: "network-only" });
      assert.equal(data.viewer.displayName, "Mario Rossi");
    }

    const withText = sent.filter(([, what]) => /"query":|query=query/.test(what));
    assert.equal(withText.length, 1); // it was taught once, and known afterwards
    assert.equal(sent.at(-1)[0], useGETForHashedQueries ? "GET" : "POST");
  });
}
