import { Text } from "@mantine/core";
import { modals } from "@mantine/modals";

interface Question {
  title: string;
  text: string;
  confirm: string;
  danger?: boolean;
}

/** Asks before something that cannot be taken back. */
export function confirm({ title, text, confirm, danger }: Question, onConfirm: () => void) {
  modals.openConfirmModal({
    title,
    children: <Text size="sm">{text}</Text>,
    labels: { confirm, cancel: "Cancel" },
    confirmProps: danger ? { color: "red" } : {},
    onConfirm,
  });
}
