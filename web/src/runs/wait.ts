import type { Run } from "../api/types";
import { relative } from "../ui/format";

export interface WaitWords {
  text: string;
  overdue: boolean;
}

/** A timer fires within moments; this late, something is wrong and worth a look. In seconds. */
const GRACE = 30;

/** What a run waits for, in words, and whether its timer should have fired by now. */
export function waitWords(
  run: Pick<Run, "status" | "waiting_for" | "waiting_until">,
  now: number,
): WaitWords {
  const { status, waiting_for: what, waiting_until: until } = run;
  if (!what && !until) return { text: "", overdue: false };
  const text = what ? `Waits for ${what}` : "Waits";
  if (!until) return { text, overdue: false };
  const overdue = status === "waiting" && until + GRACE < now;
  if (overdue) return { text: `${text}; overdue since ${relative(until, now)}`, overdue };
  return { text: `${text} (timer: ${relative(until, now)})`, overdue };
}

/** What a run asks a person of ours, or an empty text if it only asks; undefined if it waits for something else. */
export function askedInput(run: Pick<Run, "status" | "waiting_for">): string | undefined {
  if (run.status !== "waiting") return undefined;
  const [asks, question = ""] = /^manual input(?::\s*(.*))?$/s.exec(run.waiting_for ?? "") ?? [];
  return asks === undefined ? undefined : question;
}
