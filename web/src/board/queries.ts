import { infiniteQueryOptions, type QueryClient, queryOptions, useQuery } from "@tanstack/react-query";
import { keys } from "../api/keys";
import { type BoardStage, getBoard, listPipelines, stageCards } from "../api/pipelines";
import { showsFirstStart } from "../api/start";
import type { StatusTotal } from "../api/types";
import type { Column } from "./moves";

export const pipelinesQuery = queryOptions({
  queryKey: keys.pipelines,
  queryFn: listPipelines,
  staleTime: 300_000,
});

export const firstStartQuery = queryOptions({ queryKey: keys.firstStart, queryFn: showsFirstStart });

/** The stages' totals. The answer's first cards go to the stages' own queries, so that one request makes a board. */
export const boardQuery = (pipeline: number, search: string) =>
  queryOptions({
    queryKey: keys.board(pipeline, search),
    queryFn: async ({ client, signal }): Promise<StatusTotal[]> => {
      const stages = await getBoard(pipeline, search, signal);
      for (const stage of stages) give(client, pipeline, search, stage);
      return stages.map(({ id, count, sum }) => ({ id, count, sum }));
    },
  });

/** A stage's cards. The board brings the first page; what is scrolled to is asked for by itself. */
export const stageQuery = (pipeline: number, status: number, search: string) =>
  infiniteQueryOptions({
    queryKey: keys.stage(pipeline, status, search),
    queryFn: ({ pageParam }) => stageCards(pipeline, status, search, pageParam),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.cursor,
    staleTime: Number.POSITIVE_INFINITY,
  });

/** Puts a stage's first page in place; one that has been scrolled further asks for all its pages again, in their order. */
function give(client: QueryClient, pipeline: number, search: string, { id, first }: BoardStage) {
  const { queryKey } = stageQuery(pipeline, id, search);
  const state = client.getQueryState<Column>(queryKey);
  if (state?.data && (state.data.pages.length > 1 || state.fetchStatus === "fetching"))
    void client.invalidateQueries({ queryKey });
  else client.setQueryData<Column>(queryKey, { pages: [first], pageParams: [undefined] });
}

export function usePipeline(id: number) {
  const query = useQuery(pipelinesQuery);
  return { ...query, pipeline: query.data?.find((pipeline) => pipeline.id === id) };
}
