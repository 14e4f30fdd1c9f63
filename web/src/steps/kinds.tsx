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

const looks: Record<string, { icon: typeof IconMessage; color: string }> = {
  message: { icon: IconMessage, color: "indigo" },
  condition: { icon: IconArrowsSplit2, color: "grape" },
  validation: { icon: IconChecks, color: "grape" },
  pause: { icon: IconClock, color: "cyan" },
  goto: { icon: IconArrowForwardUp, color: "gray" },
  start_bot: { icon: IconRobot, color: "gray" },
  stop: { icon: IconPlayerStop, color: "red" },
  add_note: { icon: IconNote, color: "orange" },
  add_task: { icon: IconCheckbox, color: "orange" },
  change_status: { icon: IconStairs, color: "orange" },
  manage_tags: { icon: IconTag, color: "orange" },
  set_field: { icon: IconForms, color: "orange" },
  webhook: { icon: IconWebhook, color: "teal" },
};

const other = { icon: IconPuzzle, color: "gray" };

/** The colour of a kind's group; a kind that this page does not know is drawn as a puzzle piece. */
export const kindColor = (kind: string) => `var(--mantine-color-${(looks[kind] ?? other).color}-text)`;

export function KindIcon({ kind, size = 16 }: { kind: string; size?: number }) {
  const { icon: Icon } = looks[kind] ?? other;
  return <Icon size={size} color={kindColor(kind)} aria-hidden style={{ flex: "none" }} />;
}
