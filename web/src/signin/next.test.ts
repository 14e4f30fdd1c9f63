import { expect, test } from "vitest";
import { isForeign, safeNext } from "./next";

test.each([
  [undefined, "/"],
  ["/leads/7?x=1", "/leads/7?x=1"],
  ["https://evil.example", "/"],
  ["//evil.example", "/"],
  ["/\\evil.example", "/"],
  ["/login?next=/login", "/"],
])("after signing in, %j leads to %j", (next, page) => expect(safeNext(next)).toBe(page));

test("other programs' pages are loaded anew", () => {
  expect(isForeign("/temporal/namespaces")).toBe(true);
  expect(isForeign("/temporally")).toBe(false);
  expect(isForeign("/leads/1")).toBe(false);
});
