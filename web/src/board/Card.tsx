import { useDraggable } from "@dnd-kit/core";
import { useMergedRef } from "@mantine/hooks";
import { Link } from "@tanstack/react-router";
import { memo, useEffect, useRef } from "react";
import type { BoardCard, Status } from "../api/types";
import classes from "./Board.module.css";
import { CardFace } from "./CardFace";
import { takesFocus } from "./focus";
import { MoveMenu } from "./MoveMenu";

interface Props {
  lead: BoardCard;
  stages: Status[];
  currency: string | undefined;
  onMove: (lead: BoardCard, to: number) => void;
}

interface Place {
  /** The card's place in its stage's list, from 0, and how many the stage has. */
  index: number;
  count: number;
  /** How far from the list's top it stands, in pixels. */
  top: number;
  measure: (element: Element | null) => void;
}

/** A card in its place. All cards hear of every move of a drag, so only this shell does; what is in it stays. */
export const Card = memo(function Card({ index, count, top, measure, ...props }: Props & Place) {
  const { lead } = props;
  const { setNodeRef, setActivatorNodeRef, listeners, attributes, isDragging } = useDraggable({
    id: `lead-${lead.id}`,
    data: { lead, name: lead.name },
  });
  return (
    <li
      ref={useMergedRef(setNodeRef, measure)}
      {...listeners}
      className={classes.slot}
      style={{ transform: `translateY(${top}px)` }}
      data-index={index}
      data-lead={lead.id}
      data-dragging={isDragging || undefined}
      aria-posinset={index + 1}
      aria-setsize={count}
    >
      <Content {...props} describedBy={attributes["aria-describedby"]} handle={setActivatorNodeRef} />
    </li>
  );
});

interface ContentProps extends Props {
  describedBy: string;
  /** Hears which element starts a drag by keyboard. */
  handle: (element: HTMLElement | null) => void;
}

const Content = memo(function Content({ lead, stages, currency, onMove, describedBy, handle }: ContentProps) {
  const link = useRef<HTMLAnchorElement>(null);
  useEffect(() => {
    handle(link.current);
    if (takesFocus(lead.id)) link.current?.focus();
  }, [lead.id, handle]);
  return (
    <CardFace
      lead={lead}
      currency={currency}
      title={
        <Link
          ref={link}
          to="/leads/$id"
          params={{ id: lead.id }}
          className={classes.title}
          draggable={false}
          aria-describedby={describedBy}
        >
          {lead.name || `Lead ${lead.id}`}
        </Link>
      }
      menu={<MoveMenu lead={lead} stages={stages} onMove={onMove} />}
    />
  );
});
