import { expect, test } from "vitest";
import type { BoardCard } from "../api/types";
import { type Column, cards, movedTotals, withLead, withoutLead } from "./moves";

const lead = (id: number, status = 1, price = 100): BoardCard => ({
  id,
  name: `BoardCard ${id}`,
  price,
  status_id: status,
  updated_at: 0,
  tags: [],
  unread: 0,
});

const column = (...pages: number[][]): Column => ({
  pages: pages.map((ids) => ({ items: ids.map((id) => lead(id)), cursor: undefined })),
  pageParams: pages.map(() => undefined),
});

const ids = (found: Column | undefined) => found?.pages.map((page) => page.items.map((item) => item.id));

test("a lead leaves its page and the others stay as they are", () => {
  expect(ids(withoutLead(column([1, 2], [3, 4]), 3))).toEqual([[1, 2], [4]]);
  expect(ids(withoutLead(column([1]), 9))).toEqual([[1]]);
  expect(withoutLead(undefined, 1)).toBeUndefined();
});

test("pages that a lead was not on stay the very same, however many they are", () => {
  const before = column([1, 2], [3, 4], [5]);
  const after = withoutLead(before, 3);
  expect(after?.pages[0]).toBe(before.pages[0]);
  expect(after?.pages[2]).toBe(before.pages[2]);
});

test("a moved lead comes on top, once", () => {
  expect(ids(withLead(column([1, 2], [3]), lead(7)))).toEqual([[7, 1, 2], [3]]);
  expect(ids(withLead(column([1, 2], [3]), lead(3)))).toEqual([[3, 1, 2], []]);
});

test("a column that was never loaded stays unloaded", () =>
  expect(withLead(undefined, lead(1))).toBeUndefined());

test("counts and sums go with the lead", () => {
  const totals = [
    { id: 1, count: 3, sum: 500 },
    { id: 2, count: 0, sum: 0 },
    { id: 3, count: 9, sum: 9 },
  ];
  expect(movedTotals(totals, lead(1, 1, 120), 2)).toEqual([
    { id: 1, count: 2, sum: 380 },
    { id: 2, count: 1, sum: 120 },
    { id: 3, count: 9, sum: 9 },
  ]);
  expect(movedTotals(totals, lead(1, 1), 1)).toBe(totals);
});

test("a lead that two pages list is one card", () => {
  expect(cards(column([1, 2], [2, 3])).map((one) => one.id)).toEqual([1, 2, 3]);
  expect(cards(undefined)).toEqual([]);
});
