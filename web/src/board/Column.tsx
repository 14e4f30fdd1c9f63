import { useDroppable } from "@dnd-kit/core";
import { Badge, Group, Text } from "@mantine/core";
import { memo, type ReactNode } from "react";
import type { BoardCard, Pipeline, Status, StatusTotal } from "../api/types";
import { useAccount } from "../app/me";
import { money } from "../ui/format";
import classes from "./Board.module.css";
import { Cards } from "./Cards";

interface Props {
  pipeline: Pipeline;
  status: Status;
  search: string;
  total: StatusTotal | undefined;
  /** The board has been answered, and with it the first cards. */
  ready: boolean;
  onMove: (lead: BoardCard, to: number) => void;
}

export const Column = memo(function Column({ pipeline, status, search, total, ready, onMove }: Props) {
  const currency = useAccount()?.currency;
  return (
    <Stage status={status}>
      <header className={classes.head} style={{ borderTopColor: status.color }}>
        <Group justify="space-between" wrap="nowrap" gap={6}>
          <Text fw={600} size="sm" truncate component="h2">
            {status.name}
          </Text>
          <Badge variant="light" color="gray" size="sm" role="img" aria-label={`${total?.count ?? 0} leads`}>
            {total?.count ?? "–"}
          </Badge>
        </Group>
        <Text size="xs" c="dimmed">
          {total ? money(total.sum, currency) : " "}
        </Text>
      </header>
      <Cards
        pipeline={pipeline}
        status={status}
        search={search}
        count={total?.count}
        ready={ready}
        onMove={onMove}
      />
    </Stage>
  );
});

/** Where a card can be put: it hears of every drag, and passes nothing on to what is in it. */
function Stage({ status, children }: { status: Status; children: ReactNode }) {
  const { setNodeRef, isOver } = useDroppable({ id: status.id, data: { name: status.name } });
  return (
    <section
      ref={setNodeRef}
      className={classes.column}
      data-over={isOver || undefined}
      aria-label={`Stage ${status.name}`}
    >
      {children}
    </section>
  );
}
