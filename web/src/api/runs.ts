import { list, post, request } from "./request";
import type { Run } from "./types";

/** Every run of a lead that is alive, and the newest that have ended; newest first. */
export async function leadRuns(lead: number): Promise<Run[]> {
  const runs = (query: Record<string, boolean | number>) =>
    list<Run>("/api/v4/runs", "runs", { query: { "filter[lead_id]": lead, ...query } });
  const found = await Promise.all([runs({ "filter[alive]": true, limit: 250 }), runs({ limit: 50 })]);
  const byId = new Map(found.flatMap(({ items }) => items).map((run) => [run.id, run]));
  return [...byId.values()].sort((a, b) => b.id - a.id);
}

export const getRun = (id: number) => request<Run | undefined>("GET", `/api/v4/runs/${id}`);

export type RunCommand = "stop" | "pause" | "resume" | "skip";

export const commandRun = (id: number, command: RunCommand) =>
  post<unknown>(`/api/v4/runs/${id}/${command}`, {});

export const gotoStep = (id: number, step: string) => post<unknown>(`/api/v4/runs/${id}/goto`, { step });

export const answerRun = (id: number, value: string) => post<unknown>(`/api/v4/runs/${id}/answer`, { value });
