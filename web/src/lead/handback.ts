import type { Run } from "../api/types";
import { isAlive } from "../ui/RunStatus";

/**
 * The runs that a hand back lets go on, the newest first. A run that is being stopped has ended for good, and one that
 * waits for a bot that it started goes on through that one.
 */
export function goingOn(runs: Run[]): Run[] {
  const alive = runs.filter((run) => isAlive(run.status) && run.hold !== "stop");
  const parents = new Set(alive.map((run) => run.parent_id));
  return alive.filter((run) => !parents.has(run.id)).sort((a, b) => b.id - a.id);
}

/** Whether a person has the lead: its chats say so, and so do its runs where there is no chat. */
export const isTaken = (chats: { taken_over_by: number }[], runs: Run[]) =>
  chats.some((chat) => chat.taken_over_by) ||
  runs.some((run) => isAlive(run.status) && run.hold === "take_over");

/** Where a run goes on: its step's title. Undefined while nobody knows the title yet. */
export type Place = { run: Run; title: string | undefined };

/** What the button that hands back will do. */
export function handBackWords(places: Place[]): string {
  const [first, ...others] = places;
  if (!first) return "No bot is running here: launch one?";
  return `Hand back to ${placeWords(first)}${others.length ? `, and ${others.length} more` : ""}`;
}

export function placeWords({ run, title }: Place): string {
  if (!run.step) return `${botName(run)}, from its start`;
  return title ? `${botName(run)}, at ‘${title}’` : botName(run);
}

export const botName = (run: Run) => run.bot_name || `Bot ${run.bot_id}`;
