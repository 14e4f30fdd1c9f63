import type { QueryClient, QueryKey } from "@tanstack/react-query";
import { keys } from "./keys";
import type { Change } from "./types";

/** The cached answers that a change makes old. */
export function affected(change: Change): QueryKey[] {
  const { type, lead_id: lead, chat_id: chat } = change;
  const about = change.entity_type;
  if (type.startsWith("pipeline_")) return [keys.pipelines, keys.boards];
  if (type.startsWith("channel_")) return [keys.channels];
  if (type === "bot_passed_over") return lead ? [keys.feed(lead)] : [];
  if (type.startsWith("bot_"))
    return [keys.bots, keys.allTriggers, ...(change.entity_id ? [keys.bot(change.entity_id)] : [])];
  if (type.startsWith("run_")) return runKeys(change);
  const found: QueryKey[] = [];
  if (chat) found.push(keys.messages(chat));
  if (type.includes("chat_message") || type.startsWith("talk_") || type === "chat_changed")
    found.push(keys.unread);
  if (type === "client_typing" || type === "team_typing") return [];
  if (lead) found.push(...leadKeys(lead, type), keys.boards);
  if (about.startsWith("contact") && change.entity_id)
    found.push(keys.contact(change.entity_id), keys.leads, keys.boards);
  return found;
}

function runKeys(change: Change): QueryKey[] {
  return [
    keys.bots,
    ...(change.entity_id ? [keys.run(change.entity_id)] : []),
    ...(change.lead_id ? [keys.runs(change.lead_id), keys.boards] : [keys.allRuns]),
  ];
}

function leadKeys(lead: number, type: string): QueryKey[] {
  if (type.startsWith("task_")) return [keys.tasks(lead), keys.feed(lead)];
  if (type.includes("note_")) return [keys.notes(lead), keys.feed(lead)];
  if (type.includes("chat_message") || type.startsWith("talk_") || type === "chat_changed")
    return [keys.chats(lead), keys.feed(lead)];
  return [keys.lead(lead), keys.feed(lead), keys.tags];
}

/** How long changes gather before the pages ask again: a bot's turn is a burst of them. */
const GATHER_MS = 250;

/** A browser gives up on a stream that answers with an HTTP error, so we ask again ourselves. */
const RETRY_MS = 5000;

/** Listens to the live stream and refreshes what it touches. Answers a function that stops. */
export function follow(client: QueryClient, onState: (live: boolean) => void): () => void {
  const gather = gatherer(client);
  let source: EventSource;
  let retry: ReturnType<typeof setTimeout>;
  let missed = false;
  const open = () => {
    source = new EventSource("/api/v4/stream");
    source.addEventListener("change", (event) => gather.add(JSON.parse(event.data) as Change));
    source.onopen = () => {
      onState(true);
      // Whatever changed while the stream was down was not announced to us.
      if (missed) void client.invalidateQueries();
      missed = false;
    };
    source.onerror = () => {
      missed = true;
      onState(false);
      if (source.readyState === EventSource.CLOSED) retry = setTimeout(open, RETRY_MS);
    };
  };
  open();
  return () => {
    clearTimeout(retry);
    gather.stop();
    source.close();
  };
}

/** Collects changes for a moment and then refreshes each touched query once. */
function gatherer(client: QueryClient) {
  const waiting = new Map<string, QueryKey>();
  let timer: ReturnType<typeof setTimeout> | undefined;
  const flush = () => {
    timer = undefined;
    for (const queryKey of waiting.values()) void client.invalidateQueries({ queryKey });
    waiting.clear();
  };
  return {
    add(change: Change) {
      for (const key of affected(change)) waiting.set(JSON.stringify(key), key);
      timer ??= setTimeout(flush, GATHER_MS);
    },
    stop: () => clearTimeout(timer),
  };
}
