import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import type { Chat } from "../core/chat";
import type { Look } from "../look";
import { TEXTS } from "../texts";
import { Composer } from "./Composer";
import { Panel, type PanelContext, useChatState, usePanel } from "./context";
import { Icon } from "./Icon";
import { Log } from "./Log";
import { useTray } from "./useTray";
import { type Viewed, Viewer } from "./Viewer";

interface Props {
  chat: Chat;
  look: Look;
  /** The panel is on the screen; `focus` counts how often it was opened by hand. */
  shown: boolean;
  focus: number;
  /** Missing when the panel is a page of its own. */
  onClose: (() => void) | null;
}

export function App({ chat, look, shown, focus, onClose }: Props) {
  const state = useChatState(chat);
  const texts = TEXTS[look.language];
  const input = useRef<HTMLTextAreaElement>(null);
  const closer = useRef<HTMLButtonElement>(null);
  const [viewed, setViewed] = useState<Viewed | null>(null);
  const tray = useTray(state.settings.max_file_bytes, texts, look.language);
  const drop = useDrop(tray.add);
  const panel = useMemo<PanelContext>(
    () => ({
      chat,
      texts,
      language: look.language,
      view: (attachment, messageId) => setViewed({ attachment, messageId }),
      focusInput: () => (hasKeyboard() ? input : closer).current?.focus(),
    }),
    [chat, texts, look.language],
  );

  useEffect(() => {
    if (focus) panel.focusInput();
  }, [focus, panel]);

  return (
    <Panel.Provider value={panel}>
      <main class={`panel ${drop.over ? "dropping" : ""}`} {...drop.handlers}>
        <Header
          title={state.settings.title}
          subtitle={state.settings.subtitle}
          onClose={onClose}
          closer={closer}
        />
        <p class="banner" role="status" hidden={!state.offline}>
          {state.offline && texts.offline}
        </p>
        <Log state={state} shown={shown} />
        <Composer input={input} tray={tray} />
        {drop.over && <div class="drop">{texts.drop}</div>}
      </main>
      {viewed && <Viewer viewed={viewed} onClose={() => setViewed(null)} />}
    </Panel.Provider>
  );
}

interface HeaderProps {
  title: string;
  subtitle: string;
  onClose: (() => void) | null;
  closer: { current: HTMLButtonElement | null };
}

function Header({ title, subtitle, onClose, closer }: HeaderProps) {
  const { texts } = usePanel();
  return (
    <header class="header">
      <div class="titles">
        <h1>{title}</h1>
        {subtitle && <p>{subtitle}</p>}
      </div>
      {onClose && (
        <button ref={closer} type="button" class="round" aria-label={texts.close} onClick={onClose}>
          <Icon name="close" />
        </button>
      )}
    </header>
  );
}

/** Where the pointer is a finger, focusing the input would throw up a keyboard over half of the chat. */
function hasKeyboard(): boolean {
  return !matchMedia("(pointer: coarse)").matches;
}

/** Files dropped anywhere on the panel, and files pasted anywhere in it. */
function useDrop(onFiles: (files: Iterable<File>) => void) {
  const [over, setOver] = useState(false);
  useEffect(() => {
    const paste = (event: ClipboardEvent) => {
      const files = event.clipboardData?.files;
      if (!files?.length) return;
      event.preventDefault();
      onFiles(files);
    };
    addEventListener("paste", paste);
    return () => removeEventListener("paste", paste);
  }, [onFiles]);
  const handlers = {
    onDragOver: (event: DragEvent) => {
      if (!event.dataTransfer?.types.includes("Files")) return;
      event.preventDefault();
      setOver(true);
    },
    onDragLeave: (event: DragEvent & { currentTarget: HTMLElement }) => {
      if (!event.currentTarget.contains(event.relatedTarget as Node | null)) setOver(false);
    },
    onDrop: (event: DragEvent) => {
      event.preventDefault();
      setOver(false);
      onFiles(event.dataTransfer?.files ?? []);
    },
  };
  return { over, handlers };
}
