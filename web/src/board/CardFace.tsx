import { IconCheckbox } from "@tabler/icons-react";
import { memo, type ReactNode } from "react";
import type { BoardCard } from "../api/types";
import { ChannelIcon } from "../ui/channel";
import { dateTime, money, relative } from "../ui/format";
import { useNow } from "../ui/useNow";
import classes from "./Board.module.css";

interface Props {
  lead: BoardCard;
  currency: string | undefined;
  title?: ReactNode;
  menu?: ReactNode;
  lifted?: boolean;
}

/**
 * What a card looks like, whether it lies in its column or hangs on the pointer. It is made of plain elements: a hundred
 * cards come into view within one flick of the wheel.
 */
export const CardFace = memo(function CardFace({ lead, currency, title, menu, lifted }: Props) {
  return (
    <article className={classes.card} data-lifted={lifted || undefined}>
      <div className={classes.line} data-top>
        {title ?? <span className={classes.title}>{lead.name}</span>}
        {menu}
      </div>
      {(lead.main_contact?.name || lead.price > 0) && (
        <div className={classes.line}>
          <span className={classes.faint}>{lead.main_contact?.name}</span>
          {lead.price > 0 && <span className={classes.price}>{money(lead.price, currency)}</span>}
        </div>
      )}
      <Tags lead={lead} />
      <Foot lead={lead} />
    </article>
  );
});

function Tags({ lead }: { lead: BoardCard }) {
  const tags = lead.tags ?? [];
  if (tags.length === 0) return null;
  return (
    <div className={classes.tags}>
      {tags.slice(0, 4).map((tag) => (
        <span key={tag.name} className={classes.tag}>
          {tag.name}
        </span>
      ))}
      {tags.length > 4 && <span className={classes.faint}>+{tags.length - 4}</span>}
    </div>
  );
}

function Foot({ lead }: { lead: BoardCard }) {
  const { last_message: message, next_task: task, unread } = lead;
  const now = useNow();
  if (!message && !unread && !task) return null;
  return (
    <div className={classes.line}>
      <span className={classes.mark}>
        {message && <ChannelIcon kind={message.channel_kind} size={14} />}
        {message && (
          <time
            dateTime={new Date(message.created_at * 1000).toISOString()}
            title={dateTime(message.created_at)}
          >
            {relative(message.created_at, now)}
          </time>
        )}
        {unread ? (
          <span role="img" className={classes.unread} aria-label={`${unread} unread messages`}>
            {unread}
          </span>
        ) : null}
      </span>
      {task && <TaskMark text={task.text} till={task.complete_till} now={now} />}
    </div>
  );
}

function TaskMark({ text, till, now }: { text: string; till: number; now: number }) {
  const late = till < now;
  return (
    <span className={classes.mark} data-late={late || undefined} title={text}>
      <IconCheckbox size={14} aria-label={late ? "Overdue task" : "Open task"} role="img" />
      {late ? "overdue" : relative(till, now)}
    </span>
  );
}
