import { list, request } from "./request";
import type { BoardCard, Pipeline, StatusTotal } from "./types";

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

/** The counts and sums of a pipeline's stages, of the leads that fit the search. The cards come by stage. */
export async function boardTotals(pipeline: number, search: string): Promise<StatusTotal[]> {
  const board = await request<{ _embedded: { statuses: StatusTotal[] | null } }>(
    "GET",
    `/api/v4/leads/pipelines/${pipeline}/board`,
    {
      query: { limit: 1, query: search },
    },
  );
  return board._embedded.statuses ?? [];
}

/** A page of a stage's cards, the latest change first. */
export const stageCards = (pipeline: number, status: number, search: string, cursor?: string) =>
  list<BoardCard>(`/api/v4/leads/pipelines/${pipeline}/statuses/${status}/cards`, "cards", {
    query: { query: search, limit: 50, cursor },
  });
