import { useDroppable } from "@dnd-kit/core";
import { Badge, Button, Group, Text } from "@mantine/core";
import { useIntersection } from "@mantine/hooks";
import { useInfiniteQuery } from "@tanstack/react-query";
import { useEffect, useRef } from "react";
import type { BoardCard, Pipeline, Status, StatusTotal } from "../api/types";
import { useAccount } from "../app/me";
import { money } from "../ui/format";
import { Failed, Loading } from "../ui/States";
import classes from "./Board.module.css";
import { Card } from "./Card";
import { cards } from "./moves";
import { stageQuery } from "./queries";

interface Props {
  pipeline: Pipeline;
  status: Status;
  search: string;
  total: StatusTotal | undefined;
  onMove: (lead: BoardCard, to: number) => void;
}

export function Column({ pipeline, status, search, total, onMove }: Props) {
  const { setNodeRef, isOver } = useDroppable({ id: status.id, data: { name: status.name } });
  const currency = useAccount()?.currency;
  return (
    <section
      ref={setNodeRef}
      className={classes.column}
      data-over={isOver || undefined}
      aria-label={`Stage ${status.name}`}
    >
      <header className={classes.head} style={{ borderTopColor: status.color }}>
        <Group justify="space-between" wrap="nowrap" gap={6}>
          <Text fw={600} size="sm" truncate component="h2">
            {status.name}
          </Text>
          <Badge variant="light" color="gray" size="sm" aria-label={`${total?.count ?? 0} leads`}>
            {total?.count ?? "–"}
          </Badge>
        </Group>
        <Text size="xs" c="dimmed">
          {total ? money(total.sum, currency) : " "}
        </Text>
      </header>
      <Cards pipeline={pipeline} status={status} search={search} onMove={onMove} />
    </section>
  );
}

function Cards({ pipeline, status, search, onMove }: Omit<Props, "total">) {
  const query = useInfiniteQuery(stageQuery(pipeline.id, status.id, search));
  const leads = cards(query.data);
  if (query.error && !query.data) return <Failed error={query.error} onRetry={() => void query.refetch()} />;
  if (query.isPending) return <Loading />;
  return (
    <ul className={classes.cards}>
      {leads.map((lead) => (
        <Card key={lead.id} lead={lead} stages={pipeline._embedded.statuses} onMove={onMove} />
      ))}
      {leads.length === 0 && (
        <Text component="li" size="xs" c="dimmed" ta="center" py="md">
          {search ? "No lead here fits the search" : "No leads"}
        </Text>
      )}
      {query.hasNextPage && (
        <More loading={query.isFetchingNextPage} onMore={() => void query.fetchNextPage()} />
      )}
    </ul>
  );
}

/** Loads the next page when it comes into view; a button, so that it works by keyboard too. */
function More({ loading, onMore }: { loading: boolean; onMore: () => void }) {
  const { ref, entry } = useIntersection({ rootMargin: "300px" });
  const more = useRef(onMore);
  more.current = onMore;
  useEffect(() => {
    if (entry?.isIntersecting && !loading) more.current();
  }, [entry?.isIntersecting, loading]);
  return (
    <li ref={ref}>
      <Button variant="subtle" size="xs" fullWidth loading={loading} onClick={onMore}>
        Load more
      </Button>
    </li>
  );
}
