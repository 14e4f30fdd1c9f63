import { afterEach, describe, expect, test } from "vitest";
import { Listeners } from "../src/loader/events";
import { findSource } from "../src/loader/source";
import { safeColour, textOn } from "../src/shared/colour";
import { pickLanguage } from "../src/shared/i18n";
import { memory } from "../src/shared/memory";

describe("findSource", () => {
  afterEach(() => {
    document.head.innerHTML = "";
  });

  test.each([
    [
      "its own address",
      { src: "https://chat.example/live/abc/loader.js?v=2" },
      { origin: "https://chat.example", channel: "abc" },
    ],
    [
      "data attributes",
      { "data-host": "https://chat.example/", "data-channel": "x y" },
      { origin: "https://chat.example", channel: "x y" },
    ],
    [
      "attributes over address",
      {
        src: "https://cdn.example/live/no/loader.js",
        "data-host": "https://chat.example",
        "data-channel": "yes",
      },
      { origin: "https://chat.example", channel: "yes" },
    ],
    ["an address that says nothing", { src: "https://cdn.example/chat.js" }, null],
  ])("%s", (_, attributes, want) => {
    const script = document.createElement("script");
    // Of another type, so that nothing is fetched.
    script.type = "text/plain";
    for (const [name, value] of Object.entries(attributes)) script.setAttribute(name, value);
    document.head.append(script);
    expect(findSource(document)).toEqual(want);
  });
});

test.each([
  ["auto", ["fr-FR", "pt-BR", "en"], "pt"],
  ["auto", ["fr"], "en"],
  ["auto", [], "en"],
  ["de", ["ru"], "de"],
  ["xx", ["ru"], "en"],
])("pickLanguage(%s, %j)", (setting, preferred, want) => {
  expect(pickLanguage(setting, preferred)).toBe(want);
});

test.each([
  ["#ffffff", "#10131a"],
  ["#ffd400", "#10131a"],
  ["#000000", "#ffffff"],
  ["#2f6fed", "#ffffff"],
  ["red", "#ffffff"],
])("textOn(%s)", (background, want) => {
  expect(textOn(background)).toBe(want);
});

test("a colour that is none never reaches the CSS", () => {
  expect(safeColour("red;} body{display:none", "#123456")).toBe("#123456");
  expect(safeColour("#ABCDEF", "#123456")).toBe("#ABCDEF");
});

test("a page's broken listener does not keep the others from hearing", () => {
  const listeners = new Listeners();
  const heard: number[] = [];
  const reported: unknown[] = [];
  const original = globalThis.reportError;
  globalThis.reportError = (error) => void reported.push(error);
  listeners.on("unread", () => {
    throw new Error("broken");
  });
  const stop = listeners.on("unread", ({ count }) => heard.push(count));
  listeners.emit("unread", { count: 1 });
  stop();
  listeners.emit("unread", { count: 2 });
  globalThis.reportError = original;
  expect(heard).toEqual([1]);
  expect(reported).toHaveLength(2);
});

test("a memory without storage remembers as long as the page lives", () => {
  const notes = memory(() => {
    throw new Error("denied");
  }, "x:");
  notes.set("token", "t");
  expect(notes.get("token")).toBe("t");
  expect(notes.get("read")).toBeNull();
});
