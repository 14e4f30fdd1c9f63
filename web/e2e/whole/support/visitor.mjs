import { expectTexts } from "./expect.mjs";

/** A visitor of the demo page with the chat open. */
export class Visitor {
  constructor(page) {
    this.page = page;
    this.panel = page.frameLocator("salesbot-chat iframe");
    this.log = this.panel.getByRole("log");
    this.input = this.panel.getByRole("textbox");
  }

  static async visit(context, url) {
    const page = await context.newPage();
    await page.goto(url);
    const visitor = new Visitor(page);
    await visitor.open();
    return visitor;
  }

  async open() {
    await this.page.locator("salesbot-chat button.launcher").click();
    await this.input.waitFor();
  }

  async write(text) {
    await this.input.fill(text);
    await this.input.press("Enter");
  }

  /** Presses a quick reply. */
  async press(name) {
    await this.button(name).click();
  }

  /** The newest button of that name which may be pressed. */
  button(name) {
    return this.log.locator("button:enabled", { hasText: name }).last();
  }

  bubble(text) {
    return this.log.locator(".row", { hasText: text });
  }

  /** Waits until somebody says it. */
  hears(text) {
    return this.bubble(text).last().waitFor();
  }

  /** Every bubble from top to bottom. */
  texts() {
    return this.log.locator(".bubble .text").allInnerTexts();
  }

  /** Waits until the dialogue is exactly this. */
  sees(texts) {
    return expectTexts(() => this.texts(), texts);
  }
}
