import type { Memory } from "../shared/memory";
import { DEFAULT_SETTINGS, type Settings } from "../shared/protocol";
import { type Api, ApiError } from "./core/api";
import { Backoff } from "./core/backoff";

/** The last known settings, so that an offline start looks as it should. */
export function keptSettings(memory: Memory): Settings {
  try {
    return { ...DEFAULT_SETTINGS, ...(JSON.parse(memory.get("settings") ?? "{}") as Partial<Settings>) };
  } catch {
    return DEFAULT_SETTINGS;
  }
}

/** Asks until the server answers; a channel that does not exist is given up. */
export async function fetchSettings(
  api: Api,
  memory: Memory,
  onSettings: (settings: Settings) => void,
): Promise<void> {
  const backoff = new Backoff();
  for (;;) {
    try {
      const settings = { ...DEFAULT_SETTINGS, ...(await api.settings()) };
      memory.set("settings", JSON.stringify(settings));
      onSettings(settings);
      return;
    } catch (error) {
      if (!(error instanceof ApiError) || !error.isTemporary) return;
      const wait = error.retryAfterMs ?? backoff.next();
      await new Promise((resolve) => setTimeout(resolve, wait));
    }
  }
}
