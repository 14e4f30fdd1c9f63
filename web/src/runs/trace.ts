import type { BotDocument, Visit } from "../api/types";
import type { Marks } from "../steps/Canvas";
import { edgeId, edgesOf } from "../steps/graph";

/** What a run's trace marks on its bot's canvas: the visited steps, the edges between them, and where it stands. */
export function traceMarks(document: BotDocument, visits: Visit[]): Marks {
  const counts = new Map<string, number>();
  for (const { step } of visits) counts.set(step, (counts.get(step) ?? 0) + 1);
  const last = visits.at(-1);
  return {
    visits: counts,
    taken: takenEdges(document, visits),
    current: last && !last.left_at_ms ? last.step : undefined,
  };
}

function takenEdges(document: BotDocument, visits: Visit[]): Set<string> {
  const edges = edgesOf(document);
  const taken = new Set<string>();
  visits.forEach((visit, index) => {
    const next = visits[index + 1];
    if (!next) return;
    const between = edges.filter((edge) => edge.from === visit.step && edge.to === next.step);
    // A jump by hand leaves by no exit, so it takes no edge unless there is only one between the two steps.
    const edge =
      between.find((one) => one.exit === visit.exit) ?? (between.length === 1 ? between[0] : undefined);
    if (edge) taken.add(edgeId(edge));
  });
  return taken;
}

/** How long a visit took, in milliseconds; until now if the run still stands there. */
export function visitDuration(visit: Visit, nowMs: number): number {
  return Math.max((visit.left_at_ms ?? nowMs) - visit.at_ms, 0);
}
