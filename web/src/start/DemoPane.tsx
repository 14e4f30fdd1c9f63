import { CloseButton, Group, Text } from "@mantine/core";
import classes from "./Start.module.css";

interface Props {
  /** The account has a lead by now. */
  arrived: boolean;
  onClose: () => void;
}

/** The demo page with the live chat on it, beside the board on which its lead appears. */
export function DemoPane({ arrived, onClose }: Props) {
  return (
    <section className={classes.pane} aria-label="Live chat">
      <Group className={classes.paneHead} justify="space-between" wrap="nowrap" gap="xs">
        <Text size="sm" role="status">
          {arrived
            ? "The lead is on the board, and the bot has answered."
            : "You are a client now: write something."}
        </Text>
        <CloseButton aria-label="Close the live chat" onClick={onClose} />
      </Group>
      <iframe
        className={classes.frame}
        src="/demo#chat"
        title="A page with the live chat, as a client sees it"
      />
    </section>
  );
}
