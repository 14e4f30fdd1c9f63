/** An address for each of the router's paths, and what tells that the page is there; signed in unless it says otherwise. */
export const pages = {
  "/login": { at: "/login", signedOut: true, shows: "Sign in to Salesbot" },
  "/": { at: "/", shows: "Incoming leads" },
  "/pipelines/$id": { at: "/pipelines/1", shows: "Annual plan for Maria" },
  "/leads/$id": { at: "/leads/1", shows: "This one did not get through" },
  "/runs/$id": { at: "/runs/77", shows: "holds no phone number" },
  "/bots": { at: "/bots", shows: "Welcome and qualify" },
  "/bots/$id": { at: "/bots/5", shows: "warning" },
  "/secrets": { at: "/secrets", shows: "{{secret.shop_key}}" },
  "/channels": { at: "/channels", shows: "Telegram" },
};
