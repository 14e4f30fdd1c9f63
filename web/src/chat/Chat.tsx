import { Button, Center } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { Fragment, useEffect, useLayoutEffect, useRef } from "react";
import { readChat } from "../api/chats";
import type { Chat as ChatData } from "../api/types";
import { useUserName } from "../app/me";
import { day } from "../ui/format";
import { Empty, Failed, Loading } from "../ui/States";
import { useNow } from "../ui/useNow";
import { Bubble, PendingBubble } from "./Bubble";
import classes from "./Chat.module.css";
import type { Line, Pending } from "./outbox";
import { ReplyBox } from "./ReplyBox";
import { useChat } from "./useChat";

interface Props {
  chat: ChatData;
  clientName: string;
}

export function Chat({ chat, clientName }: Props) {
  const { query, lines, send, resend, discard } = useChat(chat.id);
  const scroller = useScrollToEnd(lines);
  const reply = useRef<HTMLTextAreaElement>(null);
  // What is pressed at a reply that was not sent goes with it.
  const then = (act: (pending: Pending) => void) => (pending: Pending) => {
    act(pending);
    reply.current?.focus();
  };
  const userName = useUserName();
  useReadMark(chat);
  return (
    <div className={classes.chat}>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
      <div className={classes.lines} ref={scroller} role="log" aria-label="Messages" tabIndex={0}>
        <div className={classes.inner}>
          {query.error && !query.data && <Failed error={query.error} onRetry={() => void query.refetch()} />}
          {query.isPending && <Loading />}
          {query.hasNextPage && (
            <Center>
              <Button
                variant="subtle"
                size="xs"
                loading={query.isFetchingNextPage}
                onClick={() => void query.fetchNextPage()}
              >
                Load earlier messages
              </Button>
            </Center>
          )}
          {query.data && lines.length === 0 && <Empty title="No messages yet">Say hello below.</Empty>}
          {lines.map((line, index) => (
            <Fragment key={line.kind === "message" ? line.message.id : line.pending.client_id}>
              <DayMark line={line} before={lines[index - 1]} />
              {line.kind === "message" ? (
                <Bubble
                  message={line.message}
                  readSeq={chat.client_read_seq}
                  clientName={clientName}
                  userName={userName}
                />
              ) : (
                <PendingBubble
                  pending={line.pending}
                  onResend={() => then(resend)(line.pending)}
                  onDiscard={() => then(discard)(line.pending)}
                />
              )}
            </Fragment>
          ))}
        </div>
      </div>
      <ReplyBox onSend={send} blocked={chat.blocked ?? false} input={reply} />
    </div>
  );
}

const timeOf = (line: Line) => (line.kind === "message" ? line.message : line.pending).created_at;

function DayMark({ line, before }: { line: Line; before: Line | undefined }) {
  const now = useNow();
  const label = day(timeOf(line), now);
  if (before && day(timeOf(before), now) === label) return null;
  return <div className={classes.day}>{label}</div>;
}

/** Whoever has the dialogue before their eyes has read it. */
function useReadMark({ id, unread_count: unread }: ChatData) {
  const { mutate } = useMutation({ mutationFn: readChat, meta: { quiet: true } });
  useEffect(() => {
    if (unread > 0 && document.visibilityState === "visible") mutate(id);
  }, [id, unread, mutate]);
}

/**
 * Keeps the newest line in view, unless the reader has scrolled up; loading older ones does not move the page. What grows
 * later (a picture that arrives, a box that gets smaller) counts as well, hence the observer.
 */
function useScrollToEnd(lines: Line[]) {
  const ref = useRef<HTMLDivElement>(null);
  const atEnd = useRef(true);
  const seen = useRef({ height: 0, first: "" });
  const first = lines[0]?.kind === "message" ? lines[0].message.id : "";
  useEffect(() => {
    const box = ref.current;
    const content = box?.firstElementChild;
    if (!box || !content) return;
    const onScroll = () => {
      atEnd.current = box.scrollTop + box.clientHeight >= box.scrollHeight - NEAR_END;
    };
    const observer = new ResizeObserver(() => {
      if (atEnd.current) box.scrollTop = box.scrollHeight;
      seen.current.height = box.scrollHeight;
    });
    observer.observe(box);
    observer.observe(content);
    box.addEventListener("scroll", onScroll, { passive: true });
    return () => {
      observer.disconnect();
      box.removeEventListener("scroll", onScroll);
    };
  }, []);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the lines are what changes the height
  useLayoutEffect(() => {
    const box = ref.current;
    if (!box) return;
    const { height, first: top } = seen.current;
    if (atEnd.current) box.scrollTop = box.scrollHeight;
    else if (top && first !== top) box.scrollTop += box.scrollHeight - height;
    seen.current = { height: box.scrollHeight, first };
  }, [lines, first]);
  return ref;
}

/** A reader this close to the end, in pixels, is at the end. */
const NEAR_END = 80;
