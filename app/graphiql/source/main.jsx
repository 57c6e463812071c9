// GraphiQL over our own endpoint: the conversation as tabs, ids carried from one answer to the next operation.
import { GraphiQL } from "graphiql";
import "graphiql/style.css";
import { parse } from "graphql";
import { createClient } from "graphql-sse";
import { createRoot } from "react-dom/client";

globalThis.MonacoEnvironment = {
  getWorker(_id, label) {
    const name = { json: "json", graphql: "graphql" }[label] ?? "editor";
    return new Worker(new URL(`./${name}.worker.js`, import.meta.url), { type: "module" });
  },
};

const endpoint = location.pathname;
const headers = { "X-Saldo-Client": "graphiql" };
const latest = JSON.parse(sessionStorage.getItem("saldo:latest") ?? "{}"); // the ids seen last, by their prefix
latest.pay = new URLSearchParams(location.search).get("paymentId") ?? latest.pay; // back from PayPal

// In what is sent, `pay_…` stands for the first payment of the latest answer that had one; so do acc_…, srv_…, ord_….
const filledIn = (params) =>
  JSON.parse(JSON.stringify(params).replace(/(pay|acc|srv|ord)_…/g, (text, kind) => latest[kind] ?? text));

function remember(text) {
  const ids = [...text.matchAll(/"((pay|acc|srv|ord)_[0-9A-Z]{26})"/g)];
  for (const [, id, kind] of ids.reverse()) latest[kind] = id;
  sessionStorage.setItem("saldo:latest", JSON.stringify(latest));
}

const live = createClient({ url: endpoint, headers });

function isSubscription({ query, operationName }) {
  const operations = parse(query).definitions.filter((each) => each.kind === "OperationDefinition");
  const chosen = operations.find((each) => each.name?.value === operationName) ?? operations[0];
  return chosen?.operation === "subscription";
}

async function fetcher(params) {
  const request = filledIn(params);
  if (isSubscription(request)) return live.iterate(request);
  const response = await fetch(endpoint, {
    method: "POST",
    headers: { ...headers, "Content-Type": "application/json", Accept: "application/json" },
    body: JSON.stringify(request),
  });
  const text = await response.text();
  remember(text);
  return JSON.parse(text);
}

const tabs = JSON.parse(document.getElementById("tabs").textContent.replaceAll("http://127.0.0.1:8000", location.origin));
createRoot(document.getElementById("graphiql")).render(
  <GraphiQL
    fetcher={fetcher}
    defaultTabs={tabs}
    initialVariables={sessionStorage.getItem("graphiql:tabState") ? undefined : tabs[0].variables}
    defaultEditorToolsVisibility="variables"
    isHeadersEditorEnabled={false}
    storage={sessionStorage} // the tabs live as long as the browser's tab, and survive the way to PayPal and back
  >
    <GraphiQL.Footer>
      <p className="saldo-hint">
        Run the tabs from left to right. In the variables, <code>pay_…</code>, <code>acc_…</code>, <code>srv_…</code>{" "}
        and <code>ord_…</code> stand for the first payment, account, service and order of the latest answer that had one.
      </p>
    </GraphiQL.Footer>
  </GraphiQL>,
);
