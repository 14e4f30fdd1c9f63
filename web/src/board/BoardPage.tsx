import {
  type CollisionDetection,
  closestCenter,
  DndContext,
  type DragEndEvent,
  DragOverlay,
  pointerWithin,
  useDndContext,
} from "@dnd-kit/core";
import { Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { lazy, type ReactNode, Suspense, useCallback, useState } from "react";
import type { BoardCard, Pipeline } from "../api/types";
import { useAccount } from "../app/me";
import { usePageTitle } from "../app/title";
import { Empty, Failed, Loading } from "../ui/States";
import { announcements, instructions } from "./announce";
import classes from "./Board.module.css";
import { BoardHeader } from "./BoardHeader";
import { CardFace } from "./CardFace";
import { Column } from "./Column";
import { boardQuery, firstStartQuery, usePipeline } from "./queries";
import { useBoardSensors } from "./sensors";
import { useMove } from "./useMove";

const FirstStart = lazy(() =>
  import("../start/FirstStart").then(({ FirstStart }) => ({ default: FirstStart })),
);
const DemoPane = lazy(() => import("../start/DemoPane").then(({ DemoPane }) => ({ default: DemoPane })));

const route = getRouteApi("/shell/pipelines/$id");

export function BoardPage() {
  const { id } = route.useParams();
  const { pipeline, error, isPending, refetch } = usePipeline(id);
  usePageTitle(pipeline?.name ?? "Board");
  if (error && !pipeline) return <Failed error={error} onRetry={() => void refetch()} />;
  if (isPending) return <Loading />;
  if (!pipeline)
    return (
      <Empty page title="There is no such pipeline">
        It may have been archived or deleted.
      </Empty>
    );
  return <Board key={id} pipeline={pipeline} />;
}

// A pointer is over what it is over; a card moved by keys has no pointer and goes to the nearest stage.
const overStage: CollisionDetection = (args) =>
  args.pointerCoordinates ? pointerWithin(args) : closestCenter(args);

const accessibility = { announcements, screenReaderInstructions: instructions };

// Nothing here or in a column may change while a card is dragged: what does is in small parts of their own, so that to
// lift and to move a card takes no longer on a board of thousands than on one of ten.
function Board({ pipeline }: { pipeline: Pipeline }) {
  const { q: search = "" } = route.useSearch();
  const board = useQuery(boardQuery(pipeline.id, search));
  const empty = board.data?.every((total) => total.count === 0) ?? false;
  const { mutate } = useMove(pipeline.id, search);
  const sensors = useBoardSensors();
  const move = useCallback((lead: BoardCard, to: number) => mutate({ lead, to, focused: true }), [mutate]);
  const drop = ({ active, over, activatorEvent }: DragEndEvent) => {
    const lead = leadOf(active);
    if (lead && over && over.id !== lead.status_id)
      mutate({ lead, to: Number(over.id), focused: activatorEvent instanceof KeyboardEvent });
  };
  return (
    <div className={classes.page}>
      <BoardHeader pipeline={pipeline} search={search} totals={board.data} />
      {board.error && !board.data && <Failed error={board.error} onRetry={() => void board.refetch()} />}
      {empty && search && <Nothing />}
      <Beginning empty={empty && !search}>
        <DndContext
          sensors={sensors}
          collisionDetection={overStage}
          accessibility={accessibility}
          onDragEnd={drop}
        >
          {/* What scrolls must be reachable by keyboard, also without cards. */}
          <section className={classes.columns} aria-label="Stages" tabIndex={empty ? 0 : undefined}>
            {pipeline._embedded.statuses.map((status) => (
              <Column
                key={status.id}
                pipeline={pipeline}
                status={status}
                search={search}
                total={board.data?.find((total) => total.id === status.id)}
                ready={board.data !== undefined}
                onMove={move}
              />
            ))}
          </section>
          <DragOverlay dropAnimation={null}>
            <Lifted />
          </DragOverlay>
        </DndContext>
      </Beginning>
    </div>
  );
}

/** The board, with what to do first above it and the live chat beside it; the chat stays until it is closed. */
function Beginning({ empty, children }: { empty: boolean; children: ReactNode }) {
  const [chat, setChat] = useState<"open" | "closed">();
  const first = useQuery({ ...firstStartQuery, enabled: empty }).data && empty;
  return (
    <>
      <Suspense>
        {first && chat !== "open" && <FirstStart onChat={() => setChat("open")} back={chat === "closed"} />}
      </Suspense>
      <div className={classes.beside}>
        {children}
        <Suspense>
          {chat === "open" && <DemoPane arrived={!empty} onClose={() => setChat("closed")} />}
        </Suspense>
      </div>
    </>
  );
}

function Nothing() {
  return (
    <Text size="sm" px="sm" pb="sm" role="status">
      No lead here fits the search.
    </Text>
  );
}

const leadOf = (active: { data: { current?: Record<string, unknown> } } | null) =>
  active?.data.current?.lead as BoardCard | undefined;

function Lifted() {
  const lead = leadOf(useDndContext().active);
  const currency = useAccount()?.currency;
  return lead && <CardFace lead={lead} currency={currency} lifted />;
}
