// A card that is moved from stage to stage is another element there, so the focus has to be carried over.

let wanted: number | undefined;

/** The card of that lead takes the focus when it next appears. */
export const keepFocus = (lead: number) => {
  wanted = lead;
};

/** Whether the card of that lead is waited for. */
export const wantsFocus = (lead: number) => wanted === lead;

/** Whether a card that has just appeared is the one; it is so once. */
export function takesFocus(lead: number): boolean {
  if (!wantsFocus(lead)) return false;
  wanted = undefined;
  return true;
}
