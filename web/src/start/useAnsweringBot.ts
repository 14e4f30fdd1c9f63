import { useQueries, useQuery } from "@tanstack/react-query";
import type { Bot } from "../api/types";
import { botsQuery, triggersQuery } from "../bots/queries";

/** What a client's first message can launch a bot by. */
const byMessage = new Set(["talk_started", "message", "no_bot_running"]);

/** The first bot that a client's message launches; null if there is none, undefined while it is not known. */
export function useAnsweringBot(): Bot | null | undefined {
  const bots = useQuery(botsQuery).data;
  const ready = bots?.filter((bot) => bot.is_active && bot.published_version) ?? [];
  const triggers = useQueries({ queries: ready.map((bot) => triggersQuery(bot.id)) });
  if (!bots || triggers.some(({ isPending }) => isPending)) return undefined;
  return ready.find((_, index) => triggers[index]?.data?.some(({ kind }) => byMessage.has(kind))) ?? null;
}
