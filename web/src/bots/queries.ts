import { queryOptions } from "@tanstack/react-query";
import { botTriggers, botVersion, botVersions, getBot, listActivities, listBots } from "../api/bots";
import { keys } from "../api/keys";

export const botsQuery = queryOptions({ queryKey: keys.bots, queryFn: listBots });

// An open editor must not have its draft swapped under the author's hands; a conflict shows when saving.
export const botQuery = (id: number) =>
  queryOptions({ queryKey: keys.bot(id), queryFn: async () => (await getBot(id)) ?? null });

export const versionsQuery = (id: number) =>
  queryOptions({ queryKey: keys.versions(id), queryFn: () => botVersions(id) });

export const versionQuery = (id: number, number: number) =>
  queryOptions({
    queryKey: keys.version(id, number),
    queryFn: async () => (await botVersion(id, number)) ?? null,
    staleTime: Number.POSITIVE_INFINITY,
  });

export const triggersQuery = (id: number) =>
  queryOptions({ queryKey: keys.triggers(id), queryFn: () => botTriggers(id) });

export const activitiesQuery = queryOptions({ queryKey: keys.activities, queryFn: listActivities });
