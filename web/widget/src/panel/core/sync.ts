import type { Message } from "../../shared/protocol";

/** What the tabs of one visitor tell each other. */
export type TabNews =
  | { type: "outbox"; message?: Message }
  | { type: "token"; token: string }
  | { type: "read"; seq: number };

export class Tabs {
  private readonly channel: BroadcastChannel | null;

  constructor(name: string, onNews: (news: TabNews) => void) {
    this.channel = "BroadcastChannel" in globalThis ? new BroadcastChannel(name) : null;
    if (this.channel) this.channel.onmessage = (event: MessageEvent<TabNews>) => onNews(event.data);
  }

  tell(news: TabNews): void {
    this.channel?.postMessage(news);
  }
}
