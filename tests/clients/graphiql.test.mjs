// GraphiQL in a real browser that can reach nothing but this machine: opens, completes, and pays by both flows.
import assert from "node:assert/strict";
import { existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { chromium } from "playwright-core";
import { ROOT, demo, documents, until } from "./saldo.mjs";

const SHOTS = join(ROOT, "var/screenshots");
const CHROMIUM = process.env.SALDO_CHROMIUM ?? ["/usr/bin/chromium", "/usr/bin/google-chrome", "/usr/bin/chromium-browser"].find(existsSync);
const QUIET = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"];
let saldo, browser;

before(async () => {
  mkdirSync(SHOTS, { recursive: true });
  saldo = await demo();
  browser = await chromium.launch({ executablePath: CHROMIUM, args: QUIET });
});
after(async () => {
  await browser?.close();
  await saldo.stop();
});

async function open() {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
  const page = await context.newPage();
  const complaints = [];
  page.on("pageerror", (error) => complaints.push(error.message));
  page.on("console", (message) => message.type() === "error" && complaints.push(message.text()));
  page.on("request", (request) => {
    const { protocol, hostname } = new URL(request.url());
    if (!["data:", "blob:"].includes(protocol) && hostname !== "127.0.0.1") complaints.push(`a foreign host: ${hostname}`);
  });
  await page.goto(saldo.endpoint);
  await ready(page);
  return { page, complaints };
}

// The editors are there, and show what the first tab holds.
const ready = async (page) => {
  await page.locator(".graphiql-query-editor .view-line", { hasText: /[a-z]/ }).first().waitFor();
  await page.waitForTimeout(1000);
};

// Types over what the editor of the variables holds; it closes brackets and quotes by itself, and takes ours for its own.
const variables = async (page, value) => {
  await page.locator(".graphiql-editor-tool .monaco-editor").first().click();
  await page.keyboard.press("Control+A");
  await page.keyboard.press("Backspace");
  await page.keyboard.type(JSON.stringify(value), { delay: 5 });
  await page.waitForTimeout(500);
};

const tab = async (page, name) => {
  await page.locator(".graphiql-tab-button", { hasText: new RegExp(`^${name}$`) }).click();
  await page.waitForTimeout(300);
};

// Presses "Execute" and returns the answer as it came over the wire.
async function run(page) {
  const [response] = await Promise.all([
    page.waitForResponse((each) => each.url() === saldo.endpoint && each.request().method() === "POST"),
    page.locator(".graphiql-execute-button").click(),
  ]);
  return response.json();
}

async function steps(page, ...names) {
  let answer;
  for (const name of names) {
    await tab(page, name);
    answer = await run(page);
    assert.equal(answer.errors, undefined, `${name}: ${JSON.stringify(answer.errors)}`);
  }
  return answer.data;
}

async function outcome(page) {
  return until(async () => {
    const { node } = await steps(page, "Payment");
    return node.outcome && node;
  }, "the outcome");
}

test("it opens without the internet, signed in, with the whole conversation as tabs", async () => {
  const { page, complaints } = await open();

  const { viewer } = await steps(page, "Services");
  await page.waitForTimeout(500);
  await page.screenshot({ path: join(SHOTS, "graphiql.png") });

  assert.equal(viewer.displayName, "Mario Rossi");
  assert.equal(await page.locator(".graphiql-tab").count(), Object.keys(documents).length);
  assert.deepEqual(complaints, []);
  await page.context().close();
});

test("it completes what is typed, from the schema", async () => {
  const { page, complaints } = await open();
  await page.locator(".graphiql-tab-add").click();
  await page.locator(".graphiql-query-editor .monaco-editor").first().click();
  await page.keyboard.press("Control+A");
  await page.keyboard.type("{ viewer { disp");
  await page.keyboard.press("Control+Space");

  const suggestion = page.locator(".suggest-widget .monaco-list-row", { hasText: "displayName" }).first();
  await suggestion.waitFor({ timeout: 15_000 });
  await page.screenshot({ path: join(SHOTS, "graphiql-completion.png") });

  assert.deepEqual(complaints, []);
  await page.context().close();
});

test("flow A: a registered account pays", async () => {
  const { page, complaints } = await open();

  await steps(page, "StartPayment", "SelectRegisteredAccount", "SetAutoRenewal", "ConfirmPayment");
  const paid = await outcome(page);
  await page.waitForTimeout(500);
  await page.screenshot({ path: join(SHOTS, "flow-a.png") });

  assert.deepEqual([paid.outcome.__typename, paid.order.number, paid.order.status], ["PaymentSucceeded", "SAL1001", "PAID"]);
  assert.deepEqual(complaints, []);
  await page.context().close();
});

test("flow B: a new account is made on PayPal's pages, pays, and is registered", async () => {
  const { page, complaints } = await open();
  await tab(page, "StartPayment");
  await variables(page, { input: { order: { number: "SAL1003" }, returnUrl: saldo.endpoint } });
  const { startPayment } = (await run(page)).data;
  const { amount, currency } = startPayment.payment.amount;
  await steps(page, "SelectNewAccount");
  await tab(page, "ConfirmPayment");
  await variables(page, { input: { paymentId: startPayment.payment.id, expectedAmount: { amount, currency } } });
  const { redirectUrl } = (await run(page)).data.confirmPayment.payment.nextAction;
  await page.goto(redirectUrl);
  await page.screenshot({ path: join(SHOTS, "paypal-sign-in.png") });
  await page.getByRole("button", { name: "Crea un conto" }).click();
  await page.fill("[name=given_name]", "Luca");
  await page.fill("[name=surname]", "Verdi");
  await page.fill("[name=email]", "luca.verdi@payer.example");
  await page.fill("[name=password]", "secret");
  await page.getByRole("button", { name: "Crea il conto" }).click();
  await page.screenshot({ path: join(SHOTS, "paypal-review.png") });
  await page.getByRole("button", { name: "Accetta e continua" }).click();
  await ready(page);
  const paid = await outcome(page);
  await page.waitForTimeout(500);
  await page.screenshot({ path: join(SHOTS, "flow-b.png") });

  assert.deepEqual([paid.outcome.__typename, paid.order.number], ["PaymentSucceeded", "SAL1003"]);
  assert.equal(paid.account.status, "ACTIVE");
  assert.deepEqual(complaints, []);
  await page.context().close();
});
