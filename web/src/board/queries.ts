import { infiniteQueryOptions, queryOptions, useQuery } from "@tanstack/react-query";
import { keys } from "../api/keys";
import { boardTotals, listPipelines, stageCards } from "../api/pipelines";

export const pipelinesQuery = queryOptions({
  queryKey: keys.pipelines,
  queryFn: listPipelines,
  staleTime: 300_000,
});

export const totalsQuery = (pipeline: number, search: string) =>
  queryOptions({ queryKey: keys.board(pipeline, search), queryFn: () => boardTotals(pipeline, search) });

export const stageQuery = (pipeline: number, status: number, search: string) =>
  infiniteQueryOptions({
    queryKey: keys.stage(pipeline, status, search),
    queryFn: ({ pageParam }) => stageCards(pipeline, status, search, pageParam),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.cursor,
  });

export function usePipeline(id: number) {
  const query = useQuery(pipelinesQuery);
  return { ...query, pipeline: query.data?.find((pipeline) => pipeline.id === id) };
}
