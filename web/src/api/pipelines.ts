import { list, request } from "./request";
import type { Pipeline, StatusTotal } from "./types";

export async function listPipelines(): Promise<Pipeline[]> {
  const { items } = await list<Pipeline>("/api/v4/leads/pipelines", "pipelines");
  return items
    .filter((pipeline) => !pipeline.is_archive)
    .sort((a, b) => a.sort - b.sort)
    .map((pipeline) => ({
      ...pipeline,
      _embedded: { statuses: [...pipeline._embedded.statuses].sort((a, b) => a.sort - b.sort) },
    }));
}

export async function boardTotals(pipeline: number): Promise<StatusTotal[]> {
  const body = await request<{ statuses: StatusTotal[] } | undefined>(
    "GET",
    `/api/v4/leads/pipelines/${pipeline}/board`,
  );
  return body?.statuses ?? [];
}
