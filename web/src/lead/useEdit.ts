import { useState } from "react";
import type { LeadPatch } from "../api/leads";
import { describe, fieldError } from "../api/problem";
import { useUpdateLead } from "./queries";

/**
 * A value of a lead that a person changes. It is the server's until somebody edits it; then it is what was typed, until
 * the server has taken it. A refused value therefore stays exactly as it was typed, beside the refusal; back() gives
 * the server's value again.
 */
export function useEdit<T>(lead: number, saved: T, patch: (value: T) => LeadPatch, path?: string) {
  const update = useUpdateLead(lead);
  const [draft, setDraft] = useState<{ value: T }>();
  const value = draft ? draft.value : saved;
  const back = () => {
    setDraft(undefined);
    update.reset();
  };
  const save = (next: T = value) => {
    if (same(next, saved)) return back();
    setDraft({ value: next });
    const taken = () => setDraft((now) => (now && same(now.value, next) ? undefined : now));
    update.mutate(patch(next), { onSuccess: taken });
  };
  const error = update.error
    ? ((path && fieldError(update.error, path)) ?? describe(update.error).detail) ||
      describe(update.error).title
    : undefined;
  return { value, edit: (next: T) => setDraft({ value: next }), save, back, error };
}

const same = (a: unknown, b: unknown) => JSON.stringify(a) === JSON.stringify(b);

/** What the keys do in a field of one line: Enter saves by leaving it, Escape gives the saved value back. */
export const lineKeys = (back: () => void) => (event: React.KeyboardEvent<HTMLElement>) => {
  if (event.key === "Enter") event.currentTarget.blur();
  if (event.key === "Escape") back();
};
