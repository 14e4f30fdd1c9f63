import { list, post, request } from "./request";
import type { Bot, BotDocument, BotVersion, CustomActivity, LintIssue, Sample, Trigger } from "./types";

export const listBots = async () =>
  (await list<Bot>("/api/v4/bots", "items", { query: { limit: 250 } })).items;

export const getBot = (id: number) =>
  request<Bot | undefined>("GET", `/api/v4/bots/${id}`, { query: { with: "document" } });

export const createBot = (name: string, document: BotDocument) =>
  post<Bot>("/api/v4/bots", { name, document });

/** What other people's programs have registered for bots. */
export const listActivities = async () =>
  (await list<CustomActivity>("/api/v4/activities", "activities")).items;

/** The bots to begin with. */
export const listSamples = async () => (await list<Sample>("/api/v4/bot_samples", "samples")).items;

/** Makes a bot of a sample; it has a name that no other has. */
export const copySample = (key: string) => post<Bot>(`/api/v4/bot_samples/${key}/copies`);

/**
 * Saves the draft; the bot is called as its document is. revision is the one that the edit began from; 409 if somebody
 * saved another since.
 */
export const saveBot = (id: number, document: BotDocument, revision: number) =>
  request<Bot>("PATCH", `/api/v4/bots/${id}`, {
    body: { name: document.name || undefined, document, revision },
  });

export const setBotActive = (id: number, active: boolean) =>
  request<Bot>("PATCH", `/api/v4/bots/${id}`, { body: { is_active: active } });

/** What is wrong with a document; with its bot's id also the circles that lead back to it. */
export const lintBot = async (document: unknown, id: number, signal?: AbortSignal) =>
  (
    await request<{ issues: LintIssue[] | null }>("POST", "/api/v4/bots/lint", {
      body: { document, bot_id: id },
      signal,
    })
  ).issues ?? [];

/** Publishes the draft; 409 if it is another revision by now. */
export const publishBot = (id: number, revision: number) =>
  post<BotVersion>(`/api/v4/bots/${id}/publish`, { revision });

export const botVersions = async (id: number) =>
  (await list<BotVersion>(`/api/v4/bots/${id}/versions`, "versions")).items.sort(
    (a, b) => b.number - a.number,
  );

export const botVersion = (id: number, number: number) =>
  request<BotVersion | undefined>("GET", `/api/v4/bots/${id}/versions/${number}`);

export const launchBot = (id: number, lead: number) =>
  post<unknown>(`/api/v4/bots/${id}/run`, { entity_id: lead, entity_type: "leads" });

export const botTriggers = async (id: number) =>
  (await list<Trigger>(`/api/v4/bots/${id}/triggers`, "triggers")).items;

export const addTrigger = (id: number, trigger: Pick<Trigger, "kind"> & Partial<Trigger>) =>
  post<Trigger>(`/api/v4/bots/${id}/triggers`, trigger);

/** Moves a trigger right before or after another one, of whichever bot. */
export const moveTrigger = (id: number, trigger: number, to: { before: number } | { after: number }) =>
  request<Trigger>("PATCH", `/api/v4/bots/${id}/triggers/${trigger}`, { body: to });

export const deleteTrigger = (id: number, trigger: number) =>
  request<unknown>("DELETE", `/api/v4/bots/${id}/triggers/${trigger}`);
