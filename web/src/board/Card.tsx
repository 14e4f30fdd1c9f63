import { useDraggable } from "@dnd-kit/core";
import { ActionIcon, Badge, Group, Menu, Text } from "@mantine/core";
import { IconArrowsExchange, IconCheckbox } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import { memo, type ReactNode, useEffect, useRef } from "react";
import type { BoardCard, Status } from "../api/types";
import { useAccount } from "../app/me";
import { ChannelIcon } from "../ui/channel";
import { money, relative } from "../ui/format";
import { Ago } from "../ui/Time";
import { useNow } from "../ui/useNow";
import classes from "./Board.module.css";
import { takesFocus } from "./focus";

interface Props {
  lead: BoardCard;
  stages: Status[];
  onMove: (lead: BoardCard, to: number) => void;
}

export const Card = memo(function Card({ lead, stages, onMove }: Props) {
  const { setNodeRef, setActivatorNodeRef, listeners, attributes, isDragging } = useDraggable({
    id: `lead-${lead.id}`,
    data: { lead, name: lead.name },
  });
  const link = useRef<HTMLAnchorElement>(null);
  useEffect(() => {
    setActivatorNodeRef(link.current);
    if (takesFocus(lead.id)) link.current?.focus();
  }, [lead.id, setActivatorNodeRef]);
  return (
    <li ref={setNodeRef} {...listeners} className={classes.slot} data-dragging={isDragging || undefined}>
      <CardFace
        lead={lead}
        title={
          <Link
            ref={link}
            to="/leads/$id"
            params={{ id: lead.id }}
            className={classes.title}
            draggable={false}
            aria-describedby={attributes["aria-describedby"]}
          >
            {lead.name || `Lead ${lead.id}`}
          </Link>
        }
        menu={<MoveMenu lead={lead} stages={stages} onMove={onMove} />}
      />
    </li>
  );
});

/** The same move without dragging, for small screens and for whoever likes a list better. */
function MoveMenu({ lead, stages, onMove }: Props) {
  return (
    <Menu position="bottom-end" withinPortal>
      <Menu.Target>
        <ActionIcon
          className={classes.menu}
          variant="subtle"
          color="gray"
          size="sm"
          aria-label={`Move ${lead.name} to another stage`}
          onMouseDown={(event) => event.stopPropagation()}
          onKeyDown={(event) => event.stopPropagation()}
        >
          <IconArrowsExchange size={14} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown onMouseDown={(event) => event.stopPropagation()} mah={320} style={{ overflowY: "auto" }}>
        <Menu.Label>Move to</Menu.Label>
        {stages.map((stage) => (
          <Menu.Item
            key={stage.id}
            disabled={stage.id === lead.status_id}
            onClick={() => onMove(lead, stage.id)}
          >
            {stage.name}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}

interface FaceProps {
  lead: BoardCard;
  title?: ReactNode;
  menu?: ReactNode;
  lifted?: boolean;
}

/** What a card looks like, whether it lies in its column or hangs on the pointer. */
export function CardFace({ lead, title, menu, lifted }: FaceProps) {
  const currency = useAccount()?.currency;
  return (
    <article className={classes.card} data-lifted={lifted || undefined}>
      <Group justify="space-between" wrap="nowrap" align="start" gap={4}>
        {title ?? <span className={classes.title}>{lead.name}</span>}
        {menu}
      </Group>
      {(lead.main_contact?.name || lead.price > 0) && (
        <Group justify="space-between" wrap="nowrap" gap={6}>
          <Text size="xs" c="dimmed" truncate>
            {lead.main_contact?.name}
          </Text>
          {lead.price > 0 && (
            <Text size="sm" fw={600} className={classes.price}>
              {money(lead.price, currency)}
            </Text>
          )}
        </Group>
      )}
      <Tags lead={lead} />
      <Foot lead={lead} />
    </article>
  );
}

function Tags({ lead }: { lead: BoardCard }) {
  const tags = lead.tags ?? [];
  if (tags.length === 0) return null;
  return (
    <Group gap={4}>
      {tags.slice(0, 4).map((tag) => (
        <Badge key={tag.name} size="xs" variant="light" tt="none">
          {tag.name}
        </Badge>
      ))}
      {tags.length > 4 && (
        <Text size="xs" c="dimmed">
          +{tags.length - 4}
        </Text>
      )}
    </Group>
  );
}

function Foot({ lead }: { lead: BoardCard }) {
  if (!lead.last_message && !lead.unread && !lead.next_task) return null;
  return (
    <Group justify="space-between" wrap="nowrap" gap={6} mih={18}>
      <Group gap={4} wrap="nowrap" c="dimmed" miw={0}>
        {lead.last_message && <ChannelIcon kind={lead.last_message.channel_kind} size={14} />}
        {lead.last_message && <Ago at={lead.last_message.created_at} size="xs" c="dimmed" />}
        {lead.unread ? (
          <Badge circle size="sm" color="red" aria-label={`${lead.unread} unread messages`}>
            {lead.unread}
          </Badge>
        ) : null}
      </Group>
      {lead.next_task && <TaskMark text={lead.next_task.text} till={lead.next_task.complete_till} />}
    </Group>
  );
}

function TaskMark({ text, till }: { text: string; till: number }) {
  const now = useNow();
  const late = till < now;
  return (
    <Group gap={3} wrap="nowrap" c={late ? "red" : "dimmed"} title={text}>
      <IconCheckbox size={14} aria-label={late ? "Overdue task" : "Open task"} role="img" />
      <Text size="xs" truncate>
        {late ? "overdue" : relative(till, now)}
      </Text>
    </Group>
  );
}
