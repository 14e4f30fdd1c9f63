import { useDndMonitor } from "@dnd-kit/core";
import { Button, Loader } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";
import { defaultRangeExtractor, type Range, useVirtualizer } from "@tanstack/react-virtual";
import { useCallback, useEffect, useMemo, useRef } from "react";
import type { BoardCard, Pipeline, Status } from "../api/types";
import { useAccount } from "../app/me";
import { Failed, Loading } from "../ui/States";
import classes from "./Board.module.css";
import { Card } from "./Card";
import { wantsFocus } from "./focus";
import { cards } from "./moves";
import { stageQuery } from "./queries";

interface Props {
  pipeline: Pipeline;
  status: Status;
  search: string;
  /** How many leads the stage has; undefined until the server has said so. */
  count: number | undefined;
  ready: boolean;
  onMove: (lead: BoardCard, to: number) => void;
}

export function Cards({ pipeline, status, search, count, ready, onMove }: Props) {
  const query = useInfiniteQuery({ ...stageQuery(pipeline.id, status.id, search), enabled: ready });
  const leads = useMemo(() => cards(query.data), [query.data]);
  const { hasNextPage, isFetchNextPageError, isFetchingNextPage, fetchNextPage } = query;
  const more = useCallback(() => void fetchNextPage({ cancelRefetch: false }), [fetchNextPage]);
  if (query.error && !query.data) return <Failed error={query.error} onRetry={() => void query.refetch()} />;
  if (query.isPending) return <Loading />;
  // That nothing is here is said by the stage's number, and of a whole board once.
  if (leads.length === 0 && !hasNextPage) return null;
  return (
    <List
      leads={leads}
      count={count ?? leads.length}
      stages={pipeline._embedded.statuses}
      onMove={onMove}
      onEnd={hasNextPage && !isFetchNextPageError && !isFetchingNextPage ? more : undefined}
    >
      {isFetchingNextPage && <Loader size="xs" mx="auto" mb={8} display="block" />}
      {isFetchNextPageError && !isFetchingNextPage && (
        <Button variant="subtle" size="xs" fullWidth onClick={more}>
          Load more
        </Button>
      )}
    </List>
  );
}

interface ListProps {
  leads: BoardCard[];
  count: number;
  stages: Status[];
  onMove: (lead: BoardCard, to: number) => void;
  /** Called when the last cards come into view and there are more. */
  onEnd: (() => void) | undefined;
  children: React.ReactNode;
}

/** About a card's height in pixels; each is measured once it is there. */
const CARD = 96;
const GAP = 8;
/** How many cards above and below what is seen are there as well, and how near to the end more are asked for. */
const BEYOND = 4;
const NEAR_THE_END = 10;

/** A stage's cards, of which only those in view are on the page. */
function List({ leads, count, stages, onMove, onEnd, children }: ListProps) {
  const scroller = useRef<HTMLDivElement>(null);
  const currency = useAccount()?.currency;
  const held = useHeld(leads);
  const list = useVirtualizer({
    count: leads.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => CARD,
    getItemKey: useCallback((index: number) => leads[index]?.id ?? index, [leads]),
    rangeExtractor: held.range,
    gap: GAP,
    overscan: BEYOND,
    initialRect: { width: 0, height: window.innerHeight },
    useFlushSync: false,
  });
  const shown = list.getVirtualItems();
  const last = shown.at(-1)?.index ?? 0;
  useEffect(() => {
    if (last >= leads.length - NEAR_THE_END) onEnd?.();
  }, [last, leads.length, onEnd]);
  useEffect(() => {
    // A card that is to take the focus has to be on the page first.
    const wanted = leads.findIndex((lead) => wantsFocus(lead.id));
    if (wanted >= 0) list.scrollToIndex(wanted);
  }, [leads, list]);
  return (
    <div ref={scroller} className={classes.cards}>
      <ul className={classes.list} style={{ height: list.getTotalSize() }} {...held.focus}>
        {shown.map(({ index, start }) => {
          const lead = leads[index];
          return (
            lead && (
              <Card
                key={lead.id}
                lead={lead}
                stages={stages}
                currency={currency}
                onMove={onMove}
                index={index}
                count={count}
                top={start}
                measure={list.measureElement}
              />
            )
          );
        })}
      </ul>
      {children}
    </div>
  );
}

/** The cards that stay on the page when they are scrolled out of view: the one with the focus and the one that is dragged. */
function useHeld(leads: BoardCard[]) {
  const focused = useRef<number>(undefined);
  const dragged = useRef<number>(undefined);
  useDndMonitor({
    onDragStart: ({ active }) => {
      dragged.current = (active.data.current?.lead as BoardCard | undefined)?.id;
    },
    onDragEnd: () => {
      dragged.current = undefined;
    },
    onDragCancel: () => {
      dragged.current = undefined;
    },
  });
  const range = useCallback(
    (seen: Range) => {
      const indexes = new Set(defaultRangeExtractor(seen));
      for (const { current: id } of [focused, dragged]) {
        const index = id === undefined ? -1 : leads.findIndex((lead) => lead.id === id);
        if (index >= 0) indexes.add(index);
      }
      return [...indexes].sort((a, b) => a - b);
    },
    [leads],
  );
  const focus = useMemo(
    () => ({
      onFocus: ({ target }: { target: Element }) => {
        focused.current = Number(target.closest("[data-lead]")?.getAttribute("data-lead")) || undefined;
      },
      onBlur: () => {
        focused.current = undefined;
      },
    }),
    [],
  );
  return { range, focus };
}
