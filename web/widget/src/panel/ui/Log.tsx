import { Fragment } from "preact";
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import { dayName } from "../core/days";
import { replyState } from "../core/messages";
import { type Row, rowsOf } from "../core/rows";
import type { ChatState } from "../core/state";
import { fill } from "../texts";
import { Avatar, MessageBubble, PendingBubble, Text } from "./Bubble";
import { usePanel } from "./context";
import { Icon } from "./Icon";
import { useScroll } from "./useScroll";

const NO_REPLY = { open: false, chosen: null };

/** The messages. New ones are read out politely; the history that loads first is not. */
export function Log({ state, shown }: { state: ChatState; shown: boolean }) {
  const { texts } = usePanel();
  const rows = useMemo(() => rowsOf(state.messages, state.pending), [state.messages, state.pending]);
  const scroll = useScroll(rows, shown, state.pending.length);
  const older = useOlder(state, scroll.box, rows);
  return (
    <div class="log-frame">
      <div
        class="log"
        ref={scroll.box}
        onScroll={() => {
          scroll.onScroll();
          older();
        }}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling area must be reachable by keyboard.
        tabIndex={0}
        role="log"
        aria-live="polite"
        aria-label={texts.log}
        aria-busy={state.loading}
      >
        <div class="log-inner" ref={scroll.inner}>
          {(state.loading || state.loadingOlder) && (
            <div class="spinner" role="status" aria-label={texts.loading} />
          )}
          {!state.loading && !state.hasOlder && <Greeting state={state} />}
          {rows.map((row) => (
            <Fragment key={row.key}>
              <RowView row={row} state={state} />
            </Fragment>
          ))}
          <TypingSign state={state} />
        </div>
      </div>
      {scroll.behind && (
        <button type="button" class="to-end" onClick={scroll.toEnd}>
          <Icon name="down" />
          {texts.newMessages}
        </button>
      )}
    </div>
  );
}

function RowView({ row, state }: { row: Row; state: ChatState }) {
  const { language, texts } = usePanel();
  if (row.kind === "day") return <div class="day">{dayName(row.at, Date.now(), language, texts)}</div>;
  if (row.kind === "pending") {
    return (
      <PendingBubble
        entry={row.entry}
        first={row.first}
        last={row.last}
        progress={state.progress[row.entry.client_id]}
      />
    );
  }
  const { message } = row;
  return (
    <MessageBubble
      message={message}
      first={row.first}
      last={row.last}
      read={message.seq <= state.readSeq}
      reply={message.buttons.length ? replyState(message, state.messages, state.pending) : NO_REPLY}
    />
  );
}

function Greeting({ state }: { state: ChatState }) {
  const { greeting, title } = state.settings;
  if (!greeting) return null;
  return (
    <div class="row theirs first last">
      <Avatar name={title} shown />
      <div class="stack">
        <span class="author">{title}</span>
        <div class="bubble">
          <Text text={greeting} />
        </div>
      </div>
    </div>
  );
}

function TypingSign({ state }: { state: ChatState }) {
  const { texts } = usePanel();
  const { typing } = state;
  const name = typing ? typing.name || (typing.from === "bot" ? texts.bot : texts.agent) : "";
  return (
    <div role="status">
      {typing && (
        <div class="row theirs first last typing">
          <Avatar name={name} shown />
          <div class="bubble dots" aria-hidden="true">
            <i />
            <i />
            <i />
          </div>
          <span class="sr">{fill(texts.typing, { name })}</span>
        </div>
      )}
    </div>
  );
}

/** Loads the past when its edge comes near, and keeps what is being read in its place while it grows above. */
function useOlder(
  state: ChatState,
  box: { readonly current: HTMLDivElement | null },
  rows: Row[],
): () => void {
  const { chat } = usePanel();
  const heightBefore = useRef<number | null>(null);
  const [first, setFirst] = useState<number | undefined>();
  useEffect(() => setFirst(state.messages[0]?.seq), [state.messages]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: runs when rows have been drawn.
  useLayoutEffect(() => {
    const element = box.current;
    const grown = first !== undefined && (state.messages[0]?.seq ?? 0) < first;
    if (!element || heightBefore.current === null || !grown) return;
    element.scrollTop += element.scrollHeight - heightBefore.current;
    heightBefore.current = null;
  }, [rows]);
  return () => {
    const element = box.current;
    if (!element || element.scrollTop > 120 || !state.hasOlder || state.loadingOlder) return;
    heightBefore.current = element.scrollHeight;
    void chat.loadOlder();
  };
}
