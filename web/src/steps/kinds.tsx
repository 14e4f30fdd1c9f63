import {
  IconArrowForwardUp,
  IconArrowsSplit2,
  IconCheckbox,
  IconChecks,
  IconClock,
  IconForms,
  IconMessage,
  IconNote,
  IconPlayerStop,
  IconPuzzle,
  IconRobot,
  IconStairs,
  IconTag,
  IconWebhook,
} from "@tabler/icons-react";
import type { BotDocument } from "../gen/steps";

interface Look {
  icon: typeof IconMessage;
  color: string;
}

/** A kind that has no look of its own here is drawn as a puzzle piece, so that a new one needs nothing in this file. */
const looks: Partial<Record<BotDocument["steps"][number]["kind"], Look>> = {
  message: { icon: IconMessage, color: "indigo" },
  condition: { icon: IconArrowsSplit2, color: "grape" },
  validation: { icon: IconChecks, color: "grape" },
  pause: { icon: IconClock, color: "cyan" },
  goto: { icon: IconArrowForwardUp, color: "gray" },
  start_bot: { icon: IconRobot, color: "gray" },
  stop: { icon: IconPlayerStop, color: "red" },
  add_note: { icon: IconNote, color: "orange" },
  add_task: { icon: IconCheckbox, color: "orange" },
  change_stage: { icon: IconStairs, color: "orange" },
  manage_tags: { icon: IconTag, color: "orange" },
  set_field: { icon: IconForms, color: "orange" },
  send_webhook: { icon: IconWebhook, color: "teal" },
};

const lookOf = (kind: string): Look =>
  (looks as Partial<Record<string, Look>>)[kind] ?? { icon: IconPuzzle, color: "gray" };

/** The colour of a kind's group. */
export const kindColor = (kind: string) => `var(--mantine-color-${lookOf(kind).color}-text)`;

export function KindIcon({ kind, size = 16 }: { kind: string; size?: number }) {
  const { icon: Icon } = lookOf(kind);
  return <Icon size={size} color={kindColor(kind)} aria-hidden style={{ flex: "none" }} />;
}
