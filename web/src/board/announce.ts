import type { Announcements, ScreenReaderInstructions } from "@dnd-kit/core";

export const instructions: ScreenReaderInstructions = {
  draggable:
    "To move the lead to another stage, press Space, choose a stage with the left and right arrow keys, and press Space again. Escape cancels.",
};

/** What a screen reader hears while a card moves; the names come from the cards' and the columns' data. */
export const announcements: Announcements = {
  onDragStart: ({ active }) => `Picked up ${name(active)}.`,
  onDragOver: ({ active, over }) => (over ? `${name(active)} is over the stage ${name(over)}.` : undefined),
  onDragEnd: ({ active, over }) =>
    over ? `${name(active)} was put into the stage ${name(over)}.` : `${name(active)} was put back.`,
  onDragCancel: ({ active }) => `Moving was cancelled; ${name(active)} is where it was.`,
};

function name(thing: { id: string | number; data: { current?: Record<string, unknown> } }): string {
  return String(thing.data.current?.name ?? thing.id);
}
