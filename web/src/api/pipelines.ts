import { list, type Page, request } from "./request";
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

/** A stage of the board: its totals, its first cards and, if there are more, the cursor of the next. */
export interface BoardStage extends StatusTotal {
  first: Page<BoardCard>;
}

type Column = StatusTotal & { next_cursor: string; _embedded: { cards: BoardCard[] | null } };

/** How many cards a stage shows before it is scrolled: a screenful and some more. */
const FIRST_CARDS = 25;

/** A pipeline's board in one answer: of each stage the leads that fit the search, the latest change first. */
export async function getBoard(pipeline: number, search: string, signal: AbortSignal): Promise<BoardStage[]> {
  const board = await request<{ _embedded: { statuses: Column[] | null } }>(
    "GET",
    `/api/v4/leads/pipelines/${pipeline}/board`,
    { query: { limit: FIRST_CARDS, query: search }, signal },
  );
  return (board._embedded.statuses ?? []).map(({ id, count, sum, next_cursor, _embedded }) => ({
    id,
    count,
    sum,
    first: { items: _embedded.cards ?? [], cursor: next_cursor || undefined },
  }));
}

/** A further page of a stage's cards. */
export const stageCards = (pipeline: number, status: number, search: string, cursor?: string) =>
  list<BoardCard>(`/api/v4/leads/pipelines/${pipeline}/statuses/${status}/cards`, "cards", {
    query: { query: search, limit: cursor ? 50 : FIRST_CARDS, cursor },
  });
