// Stands in for Stripe's script in tests: plain fields instead of Stripe's frames, and the fake's
// own API behind them. Nothing of Stripe's script is in here.
(function () {
  const base = new URL(document.currentScript.src).origin;

  function encode(value, name, into) {
    if (value !== null && typeof value === "object") {
      for (const key of Object.keys(value)) encode(value[key], name ? `${name}[${key}]` : key, into);
    } else if (value !== undefined) {
      into.append(name, value);
    }
    return into;
  }

  window.Stripe = function (publishableKey, options) {
    const headers = { Authorization: `Bearer ${publishableKey}` };
    if (options && options.stripeAccount) headers["Stripe-Account"] = options.stripeAccount;

    async function call(method, path, parameters) {
      const form = encode(parameters, "", new URLSearchParams());
      const url = method === "GET" ? `${base}${path}?${form}` : `${base}${path}`;
      const answer = await fetch(url, { method, headers, body: method === "GET" ? undefined : form });
      const body = await answer.json();
      return body.error ? { error: body.error } : { object: body };
    }

    const idOf = (secret) => secret.split("_secret_")[0];
    const intent = ({ object, error }, name) => (error ? { error } : { [name]: object });

    function field(box, label, name) {
      const row = document.createElement("label");
      row.textContent = label;
      const input = document.createElement("input");
      input.name = name;
      input.autocomplete = "off";
      row.append(input);
      box.append(row);
      return input;
    }

    function elements(settings) {
      const made = { secret: settings && settings.clientSecret, fields: {} };
      made.create = function () {
        return {
          on() {},
          unmount() {},
          mount(target) {
            const box = typeof target === "string" ? document.querySelector(target) : target;
            box.dataset.stripeFake = "payment";
            made.fields.number = field(box, "Card number", "stripe-number");
            made.fields.expiry = field(box, "Expiry", "stripe-expiry");
            made.fields.cvc = field(box, "CVC", "stripe-cvc");
            made.fields.account = field(box, "Bank account", "stripe-account");
            made.fields.verify = field(box, "Verification", "stripe-verify");
          },
        };
      };
      made.submit = async () => ({});
      made.method = function () {
        const { number, account, verify } = made.fields;
        if (account.value) {
          const bank = { account_number: account.value.trim(), verify: verify.value };
          return { type: "us_bank_account", us_bank_account: bank };
        }
        return { type: "card", card: { number: number.value.replaceAll(" ", "") } };
      };
      return made;
    }

    function ask() {
      return new Promise((resolve) => {
        const box = document.createElement("div");
        box.dataset.stripeFake = "authentication";
        for (const [text, value] of [["Complete authentication", "complete"], ["Fail authentication", "fail"]]) {
          const button = document.createElement("button");
          button.type = "button";
          button.textContent = text;
          button.addEventListener("click", () => { box.remove(); resolve(value); });
          box.append(button);
        }
        document.body.append(box);
      });
    }

    async function handleNextAction({ clientSecret }) {
      const path = `/v1/payment_intents/${idOf(clientSecret)}/confirm`;
      const payment_method_data = { authentication: await ask() };
      const done = await call("POST", path, { client_secret: clientSecret, payment_method_data });
      return intent(done, "paymentIntent");
    }

    async function confirm(kind, name, given) {
      const secret = given.clientSecret || given.elements.secret;
      const parameters = { client_secret: secret, payment_method_data: given.elements.method() };
      const done = await call("POST", `/v1/${kind}/${idOf(secret)}/confirm`, parameters);
      if (name === "paymentIntent" && done.object && done.object.status === "requires_action") {
        return handleNextAction({ clientSecret: secret });
      }
      if (!done.error && given.redirect !== "if_required" && given.confirmParams) {
        window.location.assign(given.confirmParams.return_url);
      }
      return intent(done, name);
    }

    async function retrieve(kind, name, secret) {
      return intent(await call("GET", `/v1/${kind}/${idOf(secret)}`, { client_secret: secret }), name);
    }

    return {
      elements,
      handleNextAction,
      confirmSetup: (given) => confirm("setup_intents", "setupIntent", given),
      confirmPayment: (given) => confirm("payment_intents", "paymentIntent", given),
      retrieveSetupIntent: (secret) => retrieve("setup_intents", "setupIntent", secret),
      retrievePaymentIntent: (secret) => retrieve("payment_intents", "paymentIntent", secret),
    };
  };
})();
