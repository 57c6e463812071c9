// The conversation of the README, step by step, for any client that can run a document.
import assert from "node:assert/strict";
import { approve, documents, until } from "./saldo.mjs";

// Pays an order; `run(name, text, variables)` returns the data of one document.
export async function pay(run, { number, url, registered = true, payer = "pays@payer.example", enabled = true }) {
  const { startPayment } = await run("start_payment", documents.start_payment, {
    input: { order: { number }, returnUrl: `${url}/graphql` },
  });
  assert.equal(startPayment.__typename, "StartPaymentPayload");
  const { payment } = startPayment;
  const paymentId = payment.id;
  if (registered) {
    const [account] = payment.nextAction.accounts;
    const { selectAccount } = await run("select_registered_account", documents.select_registered_account, {
      paymentId,
      accountId: account.id,
    });
    assert.equal(selectAccount.payment.nextAction.__typename, "ConfirmAction");
  } else {
    const { selectAccount } = await run("select_new_account", documents.select_new_account, { paymentId });
    assert.equal(selectAccount.payment.nextAction.__typename, "ConfirmAction");
  }
  for (const { service } of payment.renewalChoices) {
    const { setAutoRenewal } = await run("set_auto_renewal", documents.set_auto_renewal, {
      paymentId,
      serviceId: service.id,
      enabled,
    });
    assert.ok(setAutoRenewal.__typename);
  }
  const { confirmPayment } = await run("confirm_payment", documents.confirm_payment, {
    input: { paymentId, expectedAmount: { amount: payment.amount.amount, currency: payment.amount.currency } },
  });
  assert.equal(confirmPayment.__typename, "ConfirmPaymentPayload");
  const action = confirmPayment.payment.nextAction;
  if (action?.__typename === "ApproveOnPayPalAction") await approve(action.redirectUrl, payer);
  return until(async () => {
    const { node } = await run("payment", documents.payment, { id: paymentId });
    return node.outcome && node;
  }, `the payment of ${number}`);
}
