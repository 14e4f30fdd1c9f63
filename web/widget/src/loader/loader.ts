import type { Settings } from "../shared/protocol";
import { findSource } from "./source";
import { Widget } from "./widget";

/** Given by the wrapper that the build puts around this file; text when no server has filled it in. */
declare const salesbotSettings: Partial<Settings> | string;

type Api = Pick<Widget, "open" | "close" | "toggle" | "identify" | "on">;
type Call = [name: keyof Api, ...args: unknown[]];

declare global {
  interface Window {
    /** An array of calls before the loader has run (`SalesbotChat.push(["open"])`), the chat's API afterwards. */
    SalesbotChat?: Api | Call[];
  }
}

// document.currentScript is only set while this line runs, so it cannot wait for the page.
const source = findSource(document);

if (!source) {
  console.error(
    "Salesbot chat: the script's address must be https://HOST/live/CHANNEL/loader.js, or set data-host and data-channel.",
  );
} else if (document.readyState === "loading") {
  addEventListener("DOMContentLoaded", start);
} else {
  start();
}

function start(): void {
  // The same tag twice on a page, or a page that swaps its body, must not give two launchers.
  if (!source || document.querySelector("salesbot-chat")) return;
  const early = Array.isArray(window.SalesbotChat) ? window.SalesbotChat : [];
  const widget = new Widget(source, typeof salesbotSettings === "string" ? null : salesbotSettings);
  const api: Api = {
    open: () => widget.open(),
    close: () => widget.close(),
    toggle: () => widget.toggle(),
    identify: (profile) => widget.identify(profile),
    on: (event, listener) => widget.on(event, listener),
  };
  window.SalesbotChat = Object.freeze(api);
  for (const [name, ...args] of early) (api[name] as (...a: unknown[]) => unknown)(...args);
  dispatchEvent(new Event("salesbot-chat:ready"));
}
