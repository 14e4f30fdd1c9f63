import { list, request } from "./request";
import type { Run } from "./types";

export const leadRuns = async (lead: number) =>
  (await list<Run>("/api/v4/runs", "runs", { query: { "filter[lead_id]": lead, limit: 50 } })).items;

export const getRun = (id: number) => request<Run | undefined>("GET", `/api/v4/runs/${id}`);

export type RunCommand = "stop" | "pause" | "resume" | "skip";

export const commandRun = (id: number, command: RunCommand) =>
  request<unknown>("POST", `/api/v4/runs/${id}/${command}`, { body: {} });

export const gotoStep = (id: number, step: string) =>
  request<unknown>("POST", `/api/v4/runs/${id}/goto`, { body: { step } });

export const answerRun = (id: number, value: string) =>
  request<unknown>("POST", `/api/v4/runs/${id}/answer`, { body: { value } });
