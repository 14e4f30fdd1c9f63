import { describe, expect, test } from "vitest";
import { catchUpFrom, merge, replyState, stillPending, unreadAfter } from "../src/panel/core/messages";
import { message, pending } from "./make";

describe("merge", () => {
  const list = [message({ seq: 1 }), message({ seq: 4 })];

  test("orders by seq whatever the order of arrival", () => {
    const merged = merge(list, [message({ seq: 9 }), message({ seq: 2 })]);
    expect(merged.map((m) => m.seq)).toEqual([1, 2, 4, 9]);
  });

  test("a known id replaces its message instead of doubling it", () => {
    const merged = merge(list, [message({ seq: 4, status: "read" })]);
    expect(merged.map((m) => m.status)).toEqual(["sent", "read"]);
  });

  test("nothing new keeps the very list, so that nothing is drawn again", () => {
    expect(merge(list, [])).toBe(list);
  });
});

describe("catchUpFrom", () => {
  test.each([
    { name: "nothing known: the newest page", seqs: [], want: undefined },
    { name: "fewer than the overlap: from the first one", seqs: [5, 8], want: 4 },
    { name: "more than the overlap: the last three again", seqs: [1, 2, 3, 40, 41], want: 2 },
  ])("$name", ({ seqs, want }) => {
    const list = seqs.map((seq) => message({ seq }));
    expect(catchUpFrom(list, 3)).toBe(want);
  });
});

test("an outgoing message is not drawn twice when its echo comes before the answer", () => {
  const sent = pending("hello");
  const other = pending("later");
  const echo = message({ seq: 1, from: "visitor", client_id: sent.client_id });
  expect(stillPending([echo], [sent, other])).toEqual([other]);
});

test("unread are the team's messages after the read one", () => {
  const list = [
    message({ seq: 1 }),
    message({ seq: 2, from: "visitor" }),
    message({ seq: 3 }),
    message({ seq: 4, from: "agent" }),
  ];
  expect(unreadAfter(list, 1)).toBe(2);
});

describe("quick replies", () => {
  const question = message({ seq: 2, buttons: [{ id: "y", text: "Yes" }] });

  test("are open until the visitor answers, also after another bot message", () => {
    expect(replyState(question, [question, message({ seq: 3 })], [])).toEqual({ open: true, answer: null });
  });

  test("are closed by an answer that is still on its way", () => {
    expect(replyState(question, [question], [pending("Yes")])).toEqual({ open: false, answer: "Yes" });
  });

  test("are closed by the first message after them, not by one before", () => {
    const before = message({ seq: 1, from: "visitor", text: "Hi" });
    const after = message({ seq: 3, from: "visitor", text: "Yes" });
    const later = message({ seq: 4, from: "visitor", text: "Thanks" });
    expect(replyState(question, [before, question], [])).toMatchObject({ open: true });
    expect(replyState(question, [before, question, after, later], [])).toEqual({
      open: false,
      answer: "Yes",
    });
  });
});
