import { expect, test } from "vitest";
import type { CustomField } from "../api/types";
import { choices, fromInputDate, picked, toInputDate } from "./values";

const field: CustomField = {
  id: 1,
  name: "Size",
  type: "select",
  sort: 1,
  enums: [
    { id: 11, value: "small" },
    { id: 12, value: "large" },
  ],
};

test("choices travel by the id of their enum", () => {
  expect(choices(field, ["12"])).toEqual([{ value: "large", enum_id: 12 }]);
  expect(choices(field, [])).toEqual([]);
});

test("a value without an enum's id is found by its words", () => {
  expect(picked(field, [{ value: "small" }, { value: "old", enum_id: 12 }, { value: "gone" }])).toEqual([
    "11",
    "12",
  ]);
});

test("dates go into an input and come back the same", () => {
  const at = new Date(2026, 0, 5, 9, 7).getTime() / 1000;
  expect(toInputDate(at, true)).toBe("2026-01-05T09:07");
  expect(fromInputDate(toInputDate(at, true))).toBe(at);
  expect(toInputDate("no date", false)).toBe("");
  expect(fromInputDate("")).toBeUndefined();
});
