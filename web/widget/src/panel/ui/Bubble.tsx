import type { ComponentChildren } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";
import type { Pending } from "../../shared/pending";
import type { Button, Message } from "../../shared/protocol";
import { timeName } from "../core/days";
import { isQuickReply, type ReplyState } from "../core/messages";
import { linkify, safeHref } from "../core/text";
import { AttachmentView, PendingFileView } from "./Attachment";
import { usePanel } from "./context";
import { Icon } from "./Icon";

export function Text({ text }: { text: string }) {
  return (
    <p class="text" dir="auto">
      {linkify(text).map((piece, index) =>
        piece.href ? (
          // biome-ignore lint/suspicious/noArrayIndexKey: pieces of one text never move.
          <a key={index} href={piece.href} target="_blank" rel="noopener noreferrer nofollow ugc">
            {piece.text}
          </a>
        ) : (
          piece.text
        ),
      )}
    </p>
  );
}

interface MessageProps {
  message: Message;
  first: boolean;
  last: boolean;
  read: boolean;
  reply: ReplyState;
}

/** A message that the server knows. */
export function MessageBubble({ message, first, last, read, reply }: MessageProps) {
  const { texts } = usePanel();
  const mine = message.from === "visitor";
  const name = mine ? texts.you : message.author?.name || (message.from === "bot" ? texts.bot : texts.agent);
  return (
    <div class={`row ${mine ? "mine" : "theirs"} ${first ? "first" : ""} ${last ? "last" : ""}`}>
      {!mine && <Avatar url={message.author?.avatar_url} name={name} shown={first} />}
      <div class="stack">
        <span class={mine || !first ? "sr" : "author"}>{name}</span>
        {message.text && (
          <div class="bubble">
            <Text text={message.text} />
          </div>
        )}
        {message.attachments.map((attachment) => (
          <AttachmentView key={attachment.id} attachment={attachment} messageId={message.id} />
        ))}
        <UrlButtons buttons={message.buttons} />
        <QuickReplies message={message} reply={reply} />
        <Footer at={message.created_at_ms} shown={last || message.status === "failed"}>
          {mine && <Status status={read && message.status !== "failed" ? "read" : message.status} />}
        </Footer>
      </div>
    </div>
  );
}

/** A message on its way. */
export function PendingBubble({
  entry,
  first,
  last,
  progress,
}: {
  entry: Pending;
  first: boolean;
  last: boolean;
  progress: number | undefined;
}) {
  const { chat, texts } = usePanel();
  const failed = entry.state === "failed";
  return (
    <div class={`row mine ${failed ? "failed" : "waiting"} ${first ? "first" : ""} ${last ? "last" : ""}`}>
      <div class="stack">
        <span class="sr">{texts.you}</span>
        {entry.text && (
          <div class="bubble">
            <Text text={entry.text} />
          </div>
        )}
        {entry.files.map((file, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: the files of a waiting message never move.
          <PendingFileView key={index} file={file} />
        ))}
        {entry.files.length > 0 && !failed && progress !== undefined && (
          <progress class="progress" value={progress} max={1} aria-label={texts.sending} />
        )}
        <Footer at={entry.created_at_ms} shown>
          <Status status={failed ? "failed" : "waiting"} />
        </Footer>
        {failed && (
          <div class="failure" role="alert">
            <span>
              {texts.failed}
              {entry.error ? `: ${entry.error}` : ""}
            </span>
            <button type="button" onClick={() => chat.retry(entry.client_id)}>
              {texts.retry}
            </button>
            <button type="button" onClick={() => chat.discard(entry.client_id)}>
              {texts.discard}
            </button>
          </div>
        )}
      </div>
    </div>
  );
}

export function Avatar({ url, name, shown }: { url?: string | undefined; name: string; shown: boolean }) {
  if (!shown) return <span class="avatar none" aria-hidden="true" />;
  const letter = [...name.trim()][0]?.toUpperCase();
  return (
    <span class="avatar" aria-hidden="true">
      {url ? <img src={url} alt="" loading="lazy" /> : (letter ?? <Icon name="person" />)}
    </span>
  );
}

function UrlButtons({ buttons }: { buttons: Button[] }) {
  return buttons.map((button) => {
    if (isQuickReply(button)) return null;
    const href = safeHref(button.url);
    return (
      href && (
        <a
          key={button.url + button.text}
          class="url-button"
          href={href}
          target="_blank"
          rel="noopener noreferrer"
        >
          {button.text}
          <Icon name="link" />
        </a>
      )
    );
  });
}

function QuickReplies({ message, reply }: { message: Message; reply: ReplyState }) {
  const { chat, texts, focusInput } = usePanel();
  const group = useRef<HTMLDivElement>(null);
  // They may be closed while one has the focus, as by a timer of the bot: focus must not fall off the page.
  useLayoutEffect(() => {
    if (!reply.open && group.current?.contains(document.activeElement)) focusInput();
  }, [reply.open, focusInput]);
  const buttons = message.buttons.filter(isQuickReply);
  if (!buttons.length) return null;
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset would be read as a form to fill in.
    <div ref={group} class={`replies ${reply.open ? "" : "spent"}`} role="group" aria-label={texts.replies}>
      {buttons.map((button) => {
        const chosen = reply.chosen === button.id;
        return (
          <button
            key={button.id}
            type="button"
            disabled={!reply.open}
            aria-pressed={reply.open ? undefined : chosen}
            onClick={() => {
              void chat.send({ text: button.text, button: button.id });
              focusInput();
            }}
          >
            {chosen && <Icon name="check" />}
            {button.text}
          </button>
        );
      })}
    </div>
  );
}

function Footer({ at, shown, children }: { at: number; shown: boolean; children?: ComponentChildren }) {
  const { language } = usePanel();
  return (
    <span class={shown ? "footer" : "sr"}>
      <time dateTime={new Date(at).toISOString()}>{timeName(at, language)}</time>
      {children}
    </span>
  );
}

const STATUS_ICONS = {
  waiting: "clock",
  sent: "check",
  delivered: "checks",
  read: "checks",
  failed: "alert",
} as const;

function Status({ status }: { status: keyof typeof STATUS_ICONS }) {
  const { texts } = usePanel();
  return (
    <span class={`status ${status}`}>
      <Icon name={STATUS_ICONS[status]} />
      <span class="sr">{texts[status]}</span>
    </span>
  );
}
