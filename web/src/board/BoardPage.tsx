import {
  type CollisionDetection,
  closestCenter,
  DndContext,
  type DragEndEvent,
  DragOverlay,
  pointerWithin,
} from "@dnd-kit/core";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { useState } from "react";
import type { BoardCard, Pipeline } from "../api/types";
import { usePageTitle } from "../app/title";
import { Empty, Failed, Loading } from "../ui/States";
import { announcements, instructions } from "./announce";
import classes from "./Board.module.css";
import { BoardHeader } from "./BoardHeader";
import { CardFace } from "./Card";
import { Column } from "./Column";
import { totalsQuery, usePipeline } from "./queries";
import { useBoardSensors } from "./sensors";
import { useMove } from "./useMove";

const route = getRouteApi("/shell/pipelines/$id");

export function BoardPage() {
  const { id } = route.useParams();
  const { pipeline, error, isPending, refetch } = usePipeline(id);
  usePageTitle(pipeline?.name ?? "Board");
  if (error && !pipeline) return <Failed error={error} onRetry={() => void refetch()} />;
  if (isPending) return <Loading />;
  if (!pipeline)
    return <Empty title="There is no such pipeline">It may have been archived or deleted.</Empty>;
  return <Board key={id} pipeline={pipeline} />;
}

// A pointer is over what it is over; a card moved by keys has no pointer and goes to the nearest stage.
const overStage: CollisionDetection = (args) =>
  args.pointerCoordinates ? pointerWithin(args) : closestCenter(args);

function Board({ pipeline }: { pipeline: Pipeline }) {
  const { q: search = "" } = route.useSearch();
  const totals = useQuery(totalsQuery(pipeline.id, search)).data;
  const move = useMove(pipeline.id, search);
  const sensors = useBoardSensors();
  const [dragged, setDragged] = useState<BoardCard>();
  const drop = ({ active, over, activatorEvent }: DragEndEvent) => {
    const lead = active.data.current?.lead as BoardCard;
    setDragged(undefined);
    if (over && over.id !== lead.status_id)
      move.mutate({ lead, to: Number(over.id), focused: activatorEvent instanceof KeyboardEvent });
  };
  return (
    <div className={classes.page}>
      <BoardHeader pipeline={pipeline} search={search} totals={totals} />
      <DndContext
        sensors={sensors}
        collisionDetection={overStage}
        accessibility={{ announcements, screenReaderInstructions: instructions }}
        onDragStart={({ active }) => setDragged(active.data.current?.lead as BoardCard)}
        onDragEnd={drop}
        onDragCancel={() => setDragged(undefined)}
      >
        <div className={classes.columns}>
          {pipeline._embedded.statuses.map((status) => (
            <Column
              key={status.id}
              pipeline={pipeline}
              status={status}
              search={search}
              total={totals?.find((total) => total.id === status.id)}
              onMove={(lead, to) => move.mutate({ lead, to, focused: true })}
            />
          ))}
        </div>
        <DragOverlay dropAnimation={null}>{dragged && <CardFace lead={dragged} lifted />}</DragOverlay>
      </DndContext>
    </div>
  );
}
