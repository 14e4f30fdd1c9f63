import { describe, expect, test } from "vitest";
import { bytes, day, duration, initials, relative, span, words } from "./format";

const NOW = 1_800_000_000;

describe("relative", () => {
  test.each([
    [NOW - 20, "now"],
    [NOW + 59, "now"],
    [NOW - 60, "1 min ago"],
    [NOW - 3 * 3600 - 1800, "3 h ago"],
    [NOW + 26 * 3600, "in 1 d"],
  ])("%i is %s", (at, text) => expect(relative(at, NOW)).toBe(text));
});

test.each([
  [5, "5 s"],
  [119, "1 min"],
  [7200, "2 h"],
  [86_400 * 9, "9 d"],
])("span of %i seconds is %s", (seconds, text) => expect(span(seconds)).toBe(text));

test.each([
  [0, "0 ms"],
  [999, "999 ms"],
  [1240, "1.2 s"],
  [42_000, "42 s"],
  [250_000, "4 min 10 s"],
  [240_000, "4 min"],
  [(2 * 24 + 3) * 3_600_000, "2 d 3 h"],
])("duration of %i ms is %s", (ms, text) => expect(duration(ms)).toBe(text));

test("day names today and yesterday by the calendar, not by 24 hours", () => {
  const noon = new Date(2026, 4, 10, 12).getTime() / 1000;
  expect(day(new Date(2026, 4, 10, 0, 1).getTime() / 1000, noon)).toBe("Today");
  expect(day(new Date(2026, 4, 9, 23, 59).getTime() / 1000, noon)).toBe("Yesterday");
  expect(day(new Date(2026, 4, 1).getTime() / 1000, noon)).toContain("2026");
});

test.each([
  [12, "12 B"],
  [184_320, "180 KB"],
  [5_500_000, "5.2 MB"],
])("%i bytes are %s", (size, text) => expect(bytes(size)).toBe(text));

test.each([
  ["Nora Lindqvist", "NL"],
  ["  maria  ", "M"],
  ["Ana Maria Kovač", "AK"],
  ["", ""],
])("initials of %j are %j", (name, text) => expect(initials(name)).toBe(text));

test("words makes a wire word readable", () => expect(words("stage_entered")).toBe("Stage entered"));
