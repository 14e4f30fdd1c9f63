import { type Browser, type BrowserContext, chromium, type FrameLocator, type Page } from "playwright-core";

export function launch(): Promise<Browser> {
  return chromium.launch({
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    args: ["--no-sandbox", "--disable-background-networking", "--disable-gpu"],
  });
}

/** A page with the chat on it, and every error that the page or its CSP has reported. */
export class ChatPage {
  readonly errors: string[] = [];
  readonly panel: FrameLocator;

  private constructor(readonly page: Page) {
    this.panel = page.frameLocator("salesbot-chat iframe");
    page.on("pageerror", (error) => this.errors.push(String(error)));
    page.on("console", (message) => {
      // Requests that fail while a test has cut the network are no errors of ours.
      if (message.type() === "error" && !/Failed to load resource|net::ERR/.test(message.text()))
        this.errors.push(message.text());
    });
  }

  static async visit(context: BrowserContext, url: string): Promise<ChatPage> {
    const page = await context.newPage();
    page.setDefaultTimeout(20_000);
    const chat = new ChatPage(page);
    await page.goto(url);
    await chat.launcher.waitFor();
    return chat;
  }

  get launcher() {
    return this.page.locator("salesbot-chat button.launcher");
  }

  get input() {
    return this.panel.getByRole("textbox");
  }

  get log() {
    return this.panel.getByRole("log");
  }

  async open(): Promise<void> {
    await this.launcher.click();
    await this.input.waitFor();
  }

  async write(text: string): Promise<void> {
    await this.input.fill(text);
    await this.input.press("Enter");
  }

  bubble(text: string) {
    return this.log.locator(".row", { hasText: text });
  }

  /** Texts of all bubbles, top to bottom. */
  texts(): Promise<string[]> {
    return this.log.locator(".bubble .text").allInnerTexts();
  }
}
