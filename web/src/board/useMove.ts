import { type QueryClient, useMutation, useQueryClient } from "@tanstack/react-query";
import { keys } from "../api/keys";
import { updateLead } from "../api/leads";
import type { BoardCard, StatusTotal } from "../api/types";
import { keepFocus } from "./focus";
import { type Column, movedTotals, withLead, withoutLead } from "./moves";

export interface Move {
  lead: BoardCard;
  to: number;
  /** The card had the focus, and keeps it. */
  focused: boolean;
}

/** Moves a lead to another stage: at once on the screen, then on the server; a refusal puts everything back. */
export function useMove(pipeline: number, search: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ lead, to }: Move) => updateLead(lead.id, { status_id: to, pipeline_id: pipeline }),
    onMutate: (move) => {
      if (move.focused) keepFocus(move.lead.id);
      return show(client, pipeline, search, move);
    },
    onError: (_error, move, undo) => {
      if (move.focused) keepFocus(move.lead.id);
      undo?.();
    },
    onSettled: () => refresh(client, pipeline),
  });
}

async function show(client: QueryClient, pipeline: number, search: string, { lead, to }: Move) {
  const from = keys.stage(pipeline, lead.status_id, search);
  const into = keys.stage(pipeline, to, search);
  const board = keys.board(pipeline, search);
  await Promise.all([from, into, board].map((queryKey) => client.cancelQueries({ queryKey })));
  const before = [from, into, board].map((key) => [key, client.getQueryData(key)] as const);
  client.setQueryData<Column>(from, (column) => withoutLead(column, lead.id));
  client.setQueryData<Column>(into, (column) => withLead(column, { ...lead, status_id: to }));
  client.setQueryData<StatusTotal[]>(board, (totals) => movedTotals(totals, lead, to));
  return () => {
    for (const [key, data] of before) client.setQueryData(key, data);
  };
}

function refresh(client: QueryClient, pipeline: number) {
  // While another card is still on its way, an answer from before it would make that card jump back.
  if (client.isMutating() > 1) return;
  void client.invalidateQueries({ queryKey: [...keys.boards, pipeline] });
}
