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

  test("a question that is still open: from there, because it may have been spent", () => {
    const buttons = [{ id: "y", text: "Yes" }];
    const spent = message({ seq: 1, buttons, spent: true });
    const links = message({ seq: 2, buttons: [{ url: "https://a.example", text: "A" }] });
    const rest = [4, 5, 6, 7].map((seq) => message({ seq }));
    expect(catchUpFrom([spent, links, message({ seq: 3, buttons }), ...rest], 3)).toBe(2);
    expect(catchUpFrom([spent, links, message({ seq: 3 }), ...rest], 3)).toBe(4);
    const many = Array.from({ length: 150 }, (_, n) => message({ seq: 10 + n }));
    expect(catchUpFrom([message({ seq: 3, buttons }), ...many], 3)).toBe(156);
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
  const buttons = [
    { id: "y", text: "Yes" },
    { id: "n", text: "No" },
    { url: "https://a.example", text: "Yes" },
  ];
  const question = message({ seq: 2, buttons });
  const yes = message({ seq: 3, from: "visitor", text: "Yes" });
  const open = { open: true, chosen: null };

  test("are open until the server says that they are spent, also after another message of the team", () => {
    expect(replyState(question, [question, message({ seq: 3 })], [])).toEqual(open);
    const before = message({ seq: 1, from: "visitor", text: "Yes" });
    expect(replyState(question, [before, question], [])).toEqual(open);
  });

  test("that are spent are closed whatever else was said, with the server's choice marked", () => {
    const spent = { ...question, spent: true, chosen: "n" };
    expect(replyState(spent, [spent, yes], [])).toEqual({ open: false, chosen: "n" });
    expect(replyState({ ...spent, chosen: "" }, [spent, yes], [])).toEqual({ open: false, chosen: null });
  });

  test("are closed by an answer that is still on its way, and by one that the bot has not heard yet", () => {
    expect(replyState(question, [question], [pending("Yep", { button: "y" })])).toEqual({
      open: false,
      chosen: "y",
    });
    expect(replyState(question, [question, yes], [])).toEqual({ open: false, chosen: "y" });
    expect(replyState(question, [question, { ...yes, text: "Perhaps" }], [])).toEqual({
      open: false,
      chosen: null,
    });
  });

  test("are open again when somebody answered and the bot still waits", () => {
    const agent = message({ seq: 4, from: "agent" });
    expect(replyState(question, [question, yes, agent], [])).toEqual(open);
    const again = message({ seq: 5, from: "visitor", text: "No" });
    expect(replyState(question, [question, yes, agent, again], [])).toEqual({ open: false, chosen: "n" });
  });
});
