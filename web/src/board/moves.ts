import type { InfiniteData } from "@tanstack/react-query";
import type { Page } from "../api/request";
import type { BoardCard, StatusTotal } from "../api/types";

export type Column = InfiniteData<Page<BoardCard>>;

/** A stage's cards without that lead. */
export function withoutLead(column: Column | undefined, lead: number): Column | undefined {
  if (!column) return undefined;
  // The other pages stay the same objects: a stage may hold thousands of cards, and none of them has changed.
  const pages = column.pages.map((page) =>
    page.items.some((item) => item.id === lead)
      ? { ...page, items: page.items.filter((item) => item.id !== lead) }
      : page,
  );
  return { ...column, pages };
}

/** A stage's cards with that lead on top: the board is ordered by the last change, and the move is one. */
export function withLead(column: Column | undefined, lead: BoardCard): Column | undefined {
  const [first, ...rest] = withoutLead(column, lead.id)?.pages ?? [];
  if (!column || !first) return column;
  return { ...column, pages: [{ ...first, items: [lead, ...first.items] }, ...rest] };
}

/** Counts and sums after the lead has gone from one stage to another. */
export function movedTotals(
  totals: StatusTotal[] | undefined,
  lead: BoardCard,
  to: number,
): StatusTotal[] | undefined {
  if (lead.status_id === to) return totals;
  return totals?.map((total) => {
    const sign = total.id === to ? 1 : total.id === lead.status_id ? -1 : 0;
    return { ...total, count: total.count + sign, sum: total.sum + sign * lead.price };
  });
}

/** All loaded cards of a column, each once: while pages move under us, the server may list a lead in two of them. */
export function cards(column: Column | undefined): BoardCard[] {
  const seen = new Set<number>();
  return (column?.pages ?? [])
    .flatMap((page) => page.items)
    .filter((lead) => !seen.has(lead.id) && seen.add(lead.id));
}
