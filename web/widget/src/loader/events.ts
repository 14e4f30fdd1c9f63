/** What a page may listen to with SalesbotChat.on(). */
export interface ChatEvents {
  ready: undefined;
  open: undefined;
  close: undefined;
  unread: { count: number };
  message: { from: "visitor" | "bot" | "agent"; text: string };
}

export type ChatEvent = keyof ChatEvents;
export type Listener<E extends ChatEvent> = (detail: ChatEvents[E]) => void;

export class Listeners {
  private readonly all = new Map<ChatEvent, Set<Listener<never>>>();

  /** Returns a function that stops listening. */
  on<E extends ChatEvent>(event: E, listener: Listener<E>): () => void {
    const set = this.all.get(event) ?? new Set();
    this.all.set(event, set.add(listener as Listener<never>));
    return () => set.delete(listener as Listener<never>);
  }

  emit<E extends ChatEvent>(event: E, detail: ChatEvents[E]): void {
    for (const listener of this.all.get(event) ?? []) {
      try {
        (listener as Listener<E>)(detail);
      } catch (error) {
        // A page's broken listener must not break the chat, yet its author must see it.
        reportError(error);
      }
    }
  }
}
