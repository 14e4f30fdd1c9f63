import { Text } from "@mantine/core";
import { overlays } from "../app/overlays";

interface Question {
  title: string;
  text: string;
  confirm: string;
  danger?: boolean;
}

/** Asks before something that cannot be taken back. */
export async function confirm({ title, text, confirm, danger }: Question, onConfirm: () => void) {
  const [{ modals }] = await Promise.all([import("@mantine/modals"), overlays()]);
  modals.openConfirmModal({
    title,
    children: <Text size="sm">{text}</Text>,
    labels: { confirm, cancel: "Cancel" },
    confirmProps: danger ? { color: "red" } : {},
    onConfirm,
  });
}
