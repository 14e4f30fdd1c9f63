import { render } from "preact";
import { act } from "preact/test-utils";
import { afterEach, describe, expect, test, vi } from "vitest";
import type { Chat } from "../src/panel/core/chat";
import { TEXTS } from "../src/panel/texts";
import { MessageBubble } from "../src/panel/ui/Bubble";
import { Panel, type PanelContext } from "../src/panel/ui/context";
import type { Message } from "../src/shared/protocol";
import { message } from "./make";

const send = vi.fn(async () => undefined);
const context: PanelContext = {
  chat: { send } as unknown as Chat,
  texts: TEXTS.en,
  language: "en",
  view: vi.fn(),
  focusInput: vi.fn(),
};

function newRoot(): HTMLElement {
  const root = document.createElement("div");
  document.body.append(root);
  return root;
}

function draw(
  part: Partial<Message>,
  reply = { open: true, chosen: null as string | null },
  root = newRoot(),
): HTMLElement {
  act(() => {
    render(
      <Panel.Provider value={context}>
        <MessageBubble message={message({ seq: 1, ...part })} first last read={false} reply={reply} />
      </Panel.Provider>,
      root,
    );
  });
  return root;
}

afterEach(() => {
  document.body.innerHTML = "";
  vi.clearAllMocks();
});

describe("a message", () => {
  test("shows markup as text", () => {
    const text = '<img src=x onerror="alert(1)">\n<script>alert(2)</script>';
    const root = draw({ text });
    expect(root.querySelector(".text")?.textContent).toBe(text);
    expect(root.querySelector("img, script")).toBeNull();
  });

  test("opens links apart from the page that embeds the chat", () => {
    const link = draw({ text: "https://a.example" }).querySelector("a");
    expect(link?.getAttribute("target")).toBe("_blank");
    expect(link?.getAttribute("rel")).toContain("noopener");
  });

  test("leaves out buttons and files with addresses that are no web addresses", () => {
    const root = draw({
      buttons: [
        { url: "javascript:alert(1)", text: "Bad" },
        { url: "https://a.example", text: "Good" },
      ],
      attachments: [
        { id: "1", type: "file", name: "bad", url: "javascript:alert(1)", size: 1, mime: "text/plain" },
      ],
    });
    expect([...root.querySelectorAll("a")].map((a) => a.textContent)).toEqual(["Good"]);
  });

  test.each([
    ["picture", "button.picture img"],
    ["video", "button.video video"],
    ["audio", "audio[controls]"],
    ["voice", "audio[controls]"],
    ["file", "a.file[download]"],
  ] as const)("shows a %s as what it is", (type, selector) => {
    const root = draw({
      text: "",
      attachments: [{ id: "1", type, name: "n", url: "https://a.example/n", size: 1, mime: "x/y" }],
    });
    expect(root.querySelector(selector)).not.toBeNull();
    expect(root.querySelector(".bubble"), "no empty bubble").toBeNull();
  });

  test("names its author for those who cannot see sides", () => {
    expect(draw({ author: { name: "Pip" } }).textContent).toContain("Pip");
    expect(draw({ from: "visitor" }).textContent).toContain("You");
    expect(draw({ from: "agent" }).textContent).toContain("Team");
  });
});

describe("quick replies", () => {
  const buttons = [
    { id: "y", text: "Yes" },
    { id: "n", text: "No" },
  ];

  test("send their text with their id", () => {
    const [yes] = draw({ buttons }).querySelectorAll("button");
    yes?.click();
    expect(send).toHaveBeenCalledExactlyOnceWith({ text: "Yes", button: "y" });
    expect(context.focusInput).toHaveBeenCalledOnce();
  });

  test("are disabled once they are spent, and the chosen one is marked", () => {
    const [yes, no] = draw({ buttons }, { open: false, chosen: "n" }).querySelectorAll("button");
    yes?.click();
    expect(send).not.toHaveBeenCalled();
    expect([yes?.disabled, no?.disabled]).toEqual([true, true]);
    expect([yes?.getAttribute("aria-pressed"), no?.getAttribute("aria-pressed")]).toEqual(["false", "true"]);
    expect([yes, no].map((button) => button?.querySelectorAll(".icon-check").length)).toEqual([0, 1]);
  });

  test("hand the focus on when they close under it", () => {
    const root = draw({ buttons });
    root.querySelector("button")?.focus();
    draw({ buttons, spent: true }, { open: false, chosen: null }, root);
    expect(context.focusInput).toHaveBeenCalledOnce();
  });
});
