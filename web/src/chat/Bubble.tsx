import { Anchor, Badge, Button, Group, Loader, Text, VisuallyHidden } from "@mantine/core";
import {
  IconAlertTriangle,
  IconCheck,
  IconChecks,
  IconClock,
  IconFile,
  IconQuestionMark,
} from "@tabler/icons-react";
import type { Attachment, Message } from "../api/types";
import { bytes, clock } from "../ui/format";
import classes from "./Chat.module.css";
import { deliveryState, type Pending } from "./outbox";

interface Props {
  message: Message;
  /** The client has read this far. */
  readSeq: number;
  clientName: string;
  userName: (id: number) => string;
}

export function Bubble({ message, readSeq, clientName, userName }: Props) {
  const ours = message.direction === "out";
  const author = ours ? authorOf(message, userName) : clientName;
  return (
    <div className={classes.bubble} data-ours={ours || undefined}>
      <Text size="xs" c="dimmed" truncate className={classes.author}>
        {author}
      </Text>
      <div className={classes.body} data-bot={isBot(message) || undefined}>
        {message.text && <div className={classes.text}>{message.text}</div>}
        <Files files={message.attachments ?? []} />
        <Buttons message={message} />
      </div>
      <Group gap={4} c="dimmed">
        <Text size="xs">{clock(message.created_at)}</Text>
        {ours && <Delivery status={deliveryState(message, readSeq)} error={message.error} />}
      </Group>
    </div>
  );
}

const isBot = (message: Message) => message.author?.kind === "bot";

function authorOf(message: Message, userName: (id: number) => string): string {
  if (message.author?.name) return message.author.name;
  if (message.author?.kind === "user" && message.author.id) return userName(message.author.id);
  return isBot(message) ? "Bot" : "Team";
}

function Buttons({ message }: { message: Message }) {
  const buttons = message.buttons ?? [];
  if (buttons.length === 0) return null;
  return (
    <Group gap={4} mt={6}>
      {buttons.map((button) =>
        button.url ? (
          <Badge
            key={button.text}
            component="a"
            href={button.url}
            target="_blank"
            rel="noreferrer"
            variant="outline"
            tt="none"
            className={classes.link}
          >
            {button.text} ↗
          </Badge>
        ) : (
          <QuickReply key={button.id ?? button.text} message={message} id={button.id} text={button.text} />
        ),
      )}
    </Group>
  );
}

/** What the client may tap, or could: it is shown, not offered, so its state stands in words beside its look. */
function QuickReply({ message, id, text }: { message: Message; id: string | undefined; text: string }) {
  const chosen = !!id && message.chosen === id;
  const state = quickReplyState(message, chosen);
  return (
    <Badge
      variant={chosen ? "filled" : "outline"}
      tt="none"
      title={state}
      className={classes.quickReply}
      data-spent={(message.spent_at && !chosen) || undefined}
      leftSection={chosen && <IconCheck size={12} aria-hidden />}
    >
      {text}
      {message.spent_at && <VisuallyHidden> ({state})</VisuallyHidden>}
    </Badge>
  );
}

function quickReplyState(message: Message, chosen: boolean): string {
  if (chosen) return "Chosen by the client";
  return message.spent_at ? "The client can no longer choose this" : "A button that the client sees";
}

export function Files({ files }: { files: Attachment[] }) {
  return files.map((file) => <FileView key={file.id ?? file.url ?? file.name} file={file} />);
}

function FileView({ file }: { file: Attachment }) {
  const href = file.url ?? (file.id ? `/api/v4/files/${file.id}` : undefined);
  if (!href) return <Text size="sm">{file.name ?? "A file"}</Text>;
  if (file.type === "picture")
    return (
      <a href={href} target="_blank" rel="noreferrer">
        <img className={classes.picture} src={href} alt={file.name ?? "Picture"} loading="lazy" />
      </a>
    );
  if (file.type === "video")
    // biome-ignore lint/a11y/useMediaCaption: clients send videos without captions
    return <video className={classes.picture} src={href} controls preload="metadata" />;
  if (file.type === "voice" || file.type === "audio")
    // biome-ignore lint/a11y/useMediaCaption: clients send recordings without captions
    return <audio src={href} controls preload="none" />;
  return (
    <Anchor href={href} target="_blank" rel="noreferrer" size="sm" className={classes.file}>
      <IconFile size={18} /> {file.name ?? "File"} {file.size ? <Text span>({bytes(file.size)})</Text> : null}
    </Anchor>
  );
}

const states: Record<string, { label: string; icon: typeof IconCheck; color?: string }> = {
  sending: { label: "Being sent", icon: IconClock },
  calling: { label: "Being sent", icon: IconClock },
  sent: { label: "Sent", icon: IconCheck },
  delivered: { label: "Delivered", icon: IconChecks },
  read: { label: "Read", icon: IconChecks, color: "var(--mantine-color-blue-text)" },
  failed: { label: "Not delivered", icon: IconAlertTriangle, color: "var(--mantine-color-error)" },
  unknown: {
    label: "Nobody knows whether it arrived",
    icon: IconQuestionMark,
    color: "var(--mantine-color-orange-text)",
  },
};

function Delivery({ status, error }: { status: string; error?: string }) {
  const state = states[status];
  if (!state) return null;
  const label = error ? `${state.label}: ${error}` : state.label;
  const spelled = status === "failed" || status === "unknown";
  return (
    <>
      <state.icon
        size={14}
        color={state.color}
        {...(spelled ? { "aria-hidden": true } : { role: "img", "aria-label": label, title: label })}
      />
      {spelled && (
        <Text size="xs" c={status === "failed" ? "red" : "orange"}>
          {label}
        </Text>
      )}
    </>
  );
}

interface PendingProps {
  pending: Pending;
  onResend: () => void;
  onDiscard: () => void;
}

export function PendingBubble({ pending, onResend, onDiscard }: PendingProps) {
  return (
    <div className={classes.bubble} data-ours>
      <div className={classes.body} data-pending>
        {pending.text && <div className={classes.text}>{pending.text}</div>}
        <Files files={pending.attachments} />
      </div>
      {pending.failed ? (
        <Group gap={4} role="alert">
          <Text size="xs" c="red">
            Not sent: {pending.failed}
          </Text>
          <Button size="compact-xs" variant="subtle" onClick={onResend}>
            Send again
          </Button>
          <Button size="compact-xs" variant="subtle" color="gray" onClick={onDiscard}>
            Discard
          </Button>
        </Group>
      ) : (
        <Loader size={10} aria-label="Being sent" />
      )}
    </div>
  );
}
