// Starts the product as a stranger does, with the demo's customers, on free ports; and a front end's way to talk to it.
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync, readdirSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

export const ROOT = fileURLToPath(new URL("../..", import.meta.url));
export const CLIENT = { "X-Saldo-Client": "tests" };
const PYTHON = process.env.SALDO_PYTHON ?? join(ROOT, ".venv/bin/python");

export const documents = Object.fromEntries(
  readdirSync(join(ROOT, "queries"))
    .filter((name) => name.endsWith(".graphql"))
    .map((name) => [name.slice(3, -8), readFileSync(join(ROOT, "queries", name), "utf8")]),
);
export const idOf = (text) => `sha256:${createHash("sha256").update(text).digest("hex")}`;

export const freePort = () =>
  new Promise((resolve) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });

export const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

export async function until(happened, what = "it", patienceMs = 60_000) {
  const deadline = Date.now() + patienceMs;
  for (;;) {
    const value = await happened();
    if (value) return value;
    if (Date.now() > deadline) throw new Error(`${what} did not happen in time`);
    await pause(100);
  }
}

const answers = async (url) => (await fetch(url).catch(() => null)) !== null;

async function start(module, environment, cwd, health) {
  const inherited = Object.entries(process.env).filter(([name]) => !name.startsWith("SALDO_"));
  const child = spawn(PYTHON, ["-m", module], {
    cwd,
    env: { ...Object.fromEntries(inherited), PYTHONPATH: ROOT, ...environment },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let said = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (text) => (said += text));
  await until(async () => {
    if (child.exitCode !== null) throw new Error(`${module} ended: ${said}`);
    return answers(health);
  }, module);
  const stop = async () => {
    if (child.exitCode !== null) return;
    child.kill("SIGTERM");
    await new Promise((resolve) => child.once("exit", resolve));
  };
  return { stop, said: () => said };
}

// The demo: the product, the simulated PayPal and the mail catcher, with the customers of app/demo.
export async function demo(environment = {}) {
  const directory = mkdtempSync(join(tmpdir(), "saldo-"));
  const [api, simulator, catcher, smtp] = await Promise.all([freePort(), freePort(), freePort(), freePort()]);
  const url = `http://127.0.0.1:${api}`;
  const running = await start(
    "app.demo",
    {
      SALDO_DEMO_DIRECTORY: directory,
      SALDO_PORT: api,
      SALDO_SIMULATOR_PORT: simulator,
      SALDO_CATCHER_PORT: catcher,
      SALDO_CATCHER_SMTP_PORT: smtp,
      ...environment,
    },
    ROOT,
    `${url}/health`,
  );
  await until(() => running.said().includes("as they arrive"), "the demo's welcome");
  return {
    url,
    endpoint: `${url}/graphql`,
    simulator: `http://127.0.0.1:${simulator}`,
    mails: async () => (await (await fetch(`http://127.0.0.1:${catcher}/api/mails`)).json()).mails,
    stop: async () => {
      await running.stop();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

// The product by itself, with the settings of production but for HTTPS, beside a simulated PayPal that it never needs.
export async function production(environment = {}) {
  const directory = mkdtempSync(join(tmpdir(), "saldo-"));
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const running = await start(
    "app.main",
    {
      SALDO_DATABASE_URL: `sqlite+aiosqlite:///${join(directory, "saldo.db")}`,
      SALDO_PORT: port,
      SALDO_PUBLIC_URL: url,
      SALDO_SECRET_KEY: "a secret of the tests, forty characters",
      SALDO_PAYPAL_CLIENT_ID: "nobody",
      SALDO_PAYPAL_CLIENT_SECRET: "nothing",
      SALDO_PAYPAL_BASE_URL: "http://127.0.0.1:9",
      ...environment,
    },
    directory,
    `${url}/health`,
  );
  return {
    url,
    endpoint: `${url}/graphql`,
    database: join(directory, "saldo.db"),
    stop: async () => {
      await running.stop();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

// A fetch that keeps cookies, as a browser does, and names its client.
export function browserFetch() {
  let cookie = "";
  return async (url, options = {}) => {
    const headers = new Headers(options.headers);
    headers.set("X-Saldo-Client", "tests");
    if (cookie) headers.set("Cookie", cookie);
    const request = () => fetch(url, { ...options, headers });
    const response = await request().catch(request); // a kept connection may have idled away while the test was busy
    const given = response.headers.getSetCookie().find((each) => each.startsWith("saldo_session="));
    if (given) cookie = given.split(";")[0];
    return response;
  };
}

export async function signIn(endpoint, username = "123456@aruba.it", send = browserFetch()) {
  const response = await send(endpoint, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ documentId: idOf(documents.sign_in), variables: { username, password: "demo" } }),
  });
  const { data } = await response.json();
  if (data.signIn.__typename !== "SignInPayload") throw new Error(JSON.stringify(data));
  return send;
}

// What a payer does on the pages of the simulated PayPal, by submitting their forms.
export async function approve(redirectUrl, email) {
  let url = redirectUrl;
  let page = await (await fetch(url)).text();
  const submit = async (button, typed = {}) => {
    const forms = [...page.matchAll(/<form[^>]*action="([^"]*)"[^>]*>([\s\S]*?)<\/form>/g)];
    const form = forms.find(([, , inside]) => inside.includes(button));
    const fields = Object.fromEntries(
      [...form[2].matchAll(/<input[^>]*>/g)]
        .map(([input]) => [input.match(/name="([^"]*)"/)?.[1], input.match(/value="([^"]*)"/)?.[1] ?? ""])
        .filter(([name]) => name),
    );
    const named = [...form[2].matchAll(/<button([^>]*)>([\s\S]*?)<\/button>/g)].find(([, , text]) => text.includes(button));
    const extra = named[1].includes("name=") ? { [named[1].match(/name="([^"]*)"/)[1]]: named[1].match(/value="([^"]*)"/)[1] } : {};
    url = new URL(form[1].replaceAll("&amp;", "&"), url).href;
    const response = await fetch(url, { method: "POST", body: new URLSearchParams({ ...fields, ...typed, ...extra }) });
    url = response.url;
    page = await response.text();
  };
  await submit("Accedi", { email, password: "secret" });
  await submit("Accetta e continua");
  return url;
}
