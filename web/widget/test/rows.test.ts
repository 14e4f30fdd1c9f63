import { describe, expect, test } from "vitest";
import { dayName } from "../src/panel/core/days";
import { rowsOf } from "../src/panel/core/rows";
import { message, pending } from "./make";

const at = (day: number, hour: number, minute = 0) => new Date(2026, 4, day, hour, minute).getTime();

describe("rowsOf", () => {
  test("puts a day before its first message", () => {
    const rows = rowsOf(
      [message({ seq: 1, created_at_ms: at(1, 23, 59) }), message({ seq: 2, created_at_ms: at(2, 0, 1) })],
      [],
    );
    expect(rows.map((row) => row.kind)).toEqual(["day", "message", "day", "message"]);
  });

  test("groups one author's messages within five minutes", () => {
    const rows = rowsOf(
      [
        message({ seq: 1, created_at_ms: at(1, 9, 0) }),
        message({ seq: 2, created_at_ms: at(1, 9, 3) }),
        message({ seq: 3, created_at_ms: at(1, 9, 10) }),
        message({ seq: 4, from: "agent", created_at_ms: at(1, 9, 11) }),
      ],
      [],
    );
    const ends = rows.flatMap((row) => (row.kind === "message" ? [[row.first, row.last]] : []));
    expect(ends).toEqual([
      [true, false],
      [false, true],
      [true, true],
      [true, true],
    ]);
  });

  test("a message keeps its key when the server confirms it, so that it is not drawn anew", () => {
    const entry = pending("hi", { created_at_ms: at(1, 9) });
    const confirmed = message({
      seq: 1,
      from: "visitor",
      client_id: entry.client_id,
      created_at_ms: at(1, 9),
    });
    expect(rowsOf([confirmed], []).at(-1)?.key).toBe(rowsOf([], [entry]).at(-1)?.key);
  });
});

test.each([
  [at(20, 1), "Today"],
  [at(19, 23), "Yesterday"],
  [at(3, 12), "May 3"],
  [new Date(2024, 4, 3).getTime(), "May 3, 2024"],
])("dayName(%i)", (moment, want) => {
  expect(dayName(moment, at(20, 12), "en", { today: "Today", yesterday: "Yesterday" })).toBe(want);
});
