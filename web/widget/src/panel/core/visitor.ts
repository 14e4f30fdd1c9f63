import type { Memory } from "../../shared/memory";
import type { Page, Profile } from "../../shared/protocol";
import type { Api } from "./api";

/**
 * Who is chatting. A visitor is made with the first message and not with the first look at the panel, so that the
 * people who only look leave no trace in the CRM. The token is kept, so the next visit goes on with the same chat.
 */
export class VisitorSession {
  profile: Profile = {};
  page: Page = { url: "", title: "", referrer: "" };
  /** Something about the visitor that the server has not heard yet. */
  private news = false;
  private making: Promise<void> | null = null;

  constructor(
    private readonly api: Api,
    private readonly memory: Memory,
    private readonly lockName: string,
    private readonly onToken: (token: string) => void,
  ) {
    this.api.token = memory.get("token") || null;
  }

  get known(): boolean {
    return this.api.token !== null;
  }

  /** Makes the visitor if there is none yet. Throws ApiError. */
  ensure(): Promise<void> {
    if (this.known) return Promise.resolve();
    this.making ??= exclusively(this.lockName, () => this.make()).finally(() => {
      this.making = null;
    });
    return this.making;
  }

  /** Takes what the page says about its visitor; `update` tells it to the server. */
  learn(profile: Profile, page?: Page): void {
    this.profile = { ...this.profile, ...profile };
    if (page) this.page = page;
    this.news = true;
  }

  /** Tells a known visitor's news, once; what did not get through stays for the next call. Throws ApiError. */
  async update(): Promise<void> {
    if (!this.api.token || !this.news) return;
    this.news = false;
    try {
      const { token } = await this.api.visitor(this.api.token, this.profile, this.page);
      if (token !== this.api.token) this.adopt(token);
    } catch (error) {
      this.news = true;
      throw error;
    }
  }

  /** Another tab has made the visitor. */
  adopt(token: string): void {
    this.api.token = token;
    this.memory.set("token", token);
    this.onToken(token);
  }

  /** The server does not know the token any more. */
  forget(token: string | null): void {
    if (this.api.token !== token) return;
    this.api.token = null;
    this.memory.set("token", "");
  }

  private async make(): Promise<void> {
    // While we waited for the lock another tab may have done it.
    const kept = this.memory.get("token");
    const token = kept || (await this.api.visitor(null, this.profile, this.page)).token;
    this.news = this.news && !!kept;
    this.adopt(token);
  }
}

/** One tab at a time where the browser can do that (secure pages, storage allowed); else at once, which costs a second
 * visitor at worst. */
async function exclusively(name: string, work: () => Promise<void>): Promise<void> {
  const locks = navigator.locks;
  const allowed =
    locks &&
    (await locks.query().then(
      () => true,
      () => false,
    ));
  if (allowed) await locks.request(name, work);
  else await work();
}
