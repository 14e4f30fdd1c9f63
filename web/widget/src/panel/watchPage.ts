import type { Chat } from "./core/chat";

/** A hidden tab gives its stream back after this time: a browser has only six connections a server over HTTP/1.1. */
const HIDDEN_MS = 30_000;

/** Tells the chat when the page is hidden, frozen, shown, and when the network goes and comes. */
export function watchPage(chat: Chat, onVisibility: () => void): void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let active = true;
  const set = (next: boolean) => {
    clearTimeout(timer);
    if (next === active) return;
    active = next;
    chat.setActive(active);
  };
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "visible") set(true);
    else timer = setTimeout(() => set(false), HIDDEN_MS);
    onVisibility();
  });
  addEventListener("pagehide", () => set(false));
  addEventListener("pageshow", () => set(true));
  addEventListener("online", () => chat.setActive(true));
  addEventListener("offline", () => chat.networkLost());
}
