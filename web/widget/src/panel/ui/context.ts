import { createContext } from "preact";
import { useContext, useEffect, useState } from "preact/hooks";
import type { Attachment } from "../../shared/protocol";
import type { Chat } from "../core/chat";
import type { ChatState } from "../core/state";
import type { Texts } from "../texts";

export interface PanelContext {
  chat: Chat;
  texts: Texts;
  language: string;
  view(attachment: Attachment, messageId: string): void;
  /** Puts the cursor into the input, where that does not raise an on-screen keyboard. */
  focusInput(): void;
}

export const Panel = createContext<PanelContext | null>(null);

export function usePanel(): PanelContext {
  const panel = useContext(Panel);
  if (!panel) throw new Error("a part of the panel was drawn outside of it");
  return panel;
}

export function useChatState(chat: Chat): ChatState {
  const [state, setState] = useState(chat.store.state);
  useEffect(() => {
    const show = () => setState(chat.store.state);
    // Something may have changed between the first drawing and this subscription.
    show();
    return chat.store.subscribe(show);
  }, [chat]);
  return state;
}
