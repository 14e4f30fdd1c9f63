import { queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";
import { leadChats } from "../api/chats";
import { keys } from "../api/keys";
import { getLead, type LeadPatch, leadFeed, leadFields, leadNotes, leadTags, updateLead } from "../api/leads";
import { leadRuns } from "../api/runs";
import { leadTasks } from "../api/tasks";

export const leadQuery = (id: number) =>
  queryOptions({ queryKey: keys.lead(id), queryFn: async () => (await getLead(id)) ?? null });

export const fieldsQuery = queryOptions({
  queryKey: keys.fields("leads"),
  queryFn: leadFields,
  staleTime: 300_000,
});
export const tagsQuery = queryOptions({ queryKey: keys.tags, queryFn: leadTags, staleTime: 60_000 });

export const tasksQuery = (id: number) =>
  queryOptions({ queryKey: keys.tasks(id), queryFn: () => leadTasks(id) });
export const notesQuery = (id: number) =>
  queryOptions({ queryKey: keys.notes(id), queryFn: () => leadNotes(id) });
export const feedQuery = (id: number) =>
  queryOptions({ queryKey: keys.feed(id), queryFn: () => leadFeed(id) });
export const chatsQuery = (id: number) =>
  queryOptions({ queryKey: keys.chats(id), queryFn: () => leadChats(id) });
export const runsQuery = (id: number) =>
  queryOptions({ queryKey: keys.runs(id), queryFn: () => leadRuns(id) });

/** Changes a lead; quiet, because the field that was changed shows the refusal. */
export function useUpdateLead(id: number) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (patch: LeadPatch) => updateLead(id, patch),
    meta: { quiet: true },
    onSettled: () =>
      Promise.all(
        [keys.lead(id), keys.boards, keys.feed(id)].map((queryKey) => client.invalidateQueries({ queryKey })),
      ),
  });
}
