import { describe, expect, test } from "vitest";
import { fileSize, linkify, safeHref, textLength } from "../src/panel/core/text";

describe("linkify", () => {
  test.each([
    ["no link", "Just words.", []],
    ["a sentence's end stays outside", "See https://a.example/x.", ["https://a.example/x"]],
    ["brackets around", "(https://a.example)", ["https://a.example/"]],
    ["brackets inside", "https://a.example/b_(c)", ["https://a.example/b_(c)"]],
    ["www", "go to www.a.example now", ["https://www.a.example/"]],
    ["mail", "write to a.b+c@d.example!", ["mailto:a.b+c@d.example"]],
    ["two", "http://a.example http://b.example", ["http://a.example/", "http://b.example/"]],
    ["no script", "javascript:alert(1)", []],
    ["markup is text", '<a href="x">y</a>', []],
    ["markup ends a link", "https://a.example<b>", ["https://a.example/"]],
  ])("%s", (_, text, links) => {
    const pieces = linkify(text);
    expect(pieces.flatMap((piece) => (piece.href ? [new URL(piece.href).href] : []))).toEqual(links);
    expect(pieces.map((piece) => piece.text).join(""), "no character is lost").toBe(text);
  });
});

test.each([
  ["https://a.example/", "https://a.example/"],
  ["tel:+49301234", "tel:+49301234"],
  ["javascript:alert(1)", null],
  ["JAVASCRIPT:alert(1)", null],
  ["\tjavascript:alert(1)", null],
  ["data:text/html,x", null],
  ["http://", null],
])("safeHref(%s)", (url, want) => {
  expect(safeHref(url)).toBe(want);
});

test("lengths are counted in code points, as the server does", () => {
  expect(textLength("a😀é")).toBe(3);
});

test.each([
  [0, "0 byte"],
  [1536, "1.5 kB"],
  [20 * 1024 * 1024, "20 MB"],
])("fileSize(%i)", (bytes, want) => {
  expect(fileSize(bytes, "en")).toBe(want);
});
