import { useQueries } from "@tanstack/react-query";
import type { Run } from "../api/types";
import { versionQuery } from "../bots/queries";
import type { Place } from "./handback";

/** Where runs stand, by the titles that their versions give the steps. */
export function usePlaces(runs: Run[]): Place[] {
  const versions = useQueries({ queries: runs.map((run) => versionQuery(run.bot_id, run.version)) });
  return runs.map((run, index) => {
    const steps = versions[index]?.data?.document?.steps;
    return { run, title: steps && (steps.find(({ id }) => id === run.step)?.title || run.step) };
  });
}
