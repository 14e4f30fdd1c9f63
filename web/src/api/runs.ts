import { list, post, request } from "./request";
import type { Run } from "./types";

export const leadRuns = async (lead: number) =>
  (await list<Run>("/api/v4/runs", "runs", { query: { "filter[lead_id]": lead, limit: 50 } })).items;

export const getRun = (id: number) => request<Run | undefined>("GET", `/api/v4/runs/${id}`);

export type RunCommand = "stop" | "pause" | "resume" | "skip";

export const commandRun = (id: number, command: RunCommand) =>
  post<unknown>(`/api/v4/runs/${id}/${command}`, {});

export const gotoStep = (id: number, step: string) => post<unknown>(`/api/v4/runs/${id}/goto`, { step });

export const answerRun = (id: number, value: string) => post<unknown>(`/api/v4/runs/${id}/answer`, { value });
