// What opens over a page is loaded when something opens for the first time: the first page shall not wait for it.
import { useSyncExternalStore } from "react";

let wanted = false;
const listeners = new Set<() => void>();
let mounted = () => {};
const ready = new Promise<void>((resolve) => {
  mounted = resolve;
});

/** Loads the overlays unless they are there; resolves when they can open. */
export function overlays(): Promise<void> {
  wanted = true;
  for (const listener of listeners) listener();
  return ready;
}

/** For the overlays themselves, once they are on the page. */
export const overlaysAreReady = () => mounted();

function subscribe(listener: () => void) {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export const useOverlaysWanted = () => useSyncExternalStore(subscribe, () => wanted);

export async function openPalette() {
  const [{ spotlight }] = await Promise.all([import("@mantine/spotlight"), overlays()]);
  spotlight.open();
}
