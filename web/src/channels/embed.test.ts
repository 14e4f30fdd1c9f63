import { expect, test } from "vitest";
import { embedSnippet, parseOrigins } from "./embed";

test("origins are cut down to what the API takes", () => {
  expect(
    parseOrigins(
      "example.com\nhttps://shop.example.com/cart, http://localhost:3000/\n\nhttps://*.example.org",
    ),
  ).toEqual([
    "https://example.com",
    "https://shop.example.com",
    "http://localhost:3000",
    "https://*.example.org",
  ]);
});

test("what is no origin is left for the server to refuse", () =>
  expect(parseOrigins("http://")).toEqual(["http://"]));

test("the snippet names the channel", () => {
  expect(embedSnippet(3, "https://crm.example.com")).toBe(
    '<script async src="https://crm.example.com/live/3/loader.js"></script>',
  );
});
