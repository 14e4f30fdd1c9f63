import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { ApiError } from "../src/panel/core/api";
import { Outbox } from "../src/panel/core/outbox";
import type { Pending } from "../src/shared/pending";
import { MemoryStore } from "../src/shared/pendingStore";
import { message, pending } from "./make";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

/** An outbox whose server does, call by call, what `script` says and takes everything afterwards. */
function setUp(script: (ApiError | "hang")[] = [], store = new MemoryStore(), tab = "tab") {
  const attempts: string[] = [];
  const sent: string[] = [];
  const outbox = new Outbox(
    store,
    tab,
    {
      deliver: async (entry: Pending) => {
        attempts.push(entry.text);
        const next = script.shift();
        if (next === "hang") await new Promise(() => undefined);
        if (next instanceof ApiError) throw next;
        return message({ seq: attempts.length, client_id: entry.client_id });
      },
      changed: () => undefined,
      sent: (_, entry) => sent.push(entry.text),
    },
    Date.now,
    () => 1,
  );
  return { outbox, store, attempts, sent };
}

const noNetwork = () => new ApiError(0, "the server was not reached");

test("sends in order and forgets what is confirmed", async () => {
  const { outbox, store, sent } = setUp();
  await Promise.all([outbox.add({ text: "a" }), outbox.add({ text: "b" }), outbox.add({ text: "c" })]);
  await outbox.flush();
  expect(sent).toEqual(["a", "b", "c"]);
  expect(await store.all()).toEqual([]);
});

test("a network failure holds the queue; the order stays when it comes back", async () => {
  const { outbox, attempts, sent } = setUp([noNetwork()]);
  await outbox.add({ text: "a" });
  const second = outbox.add({ text: "b" });
  await second;
  expect(attempts[0]).toBe("a");
  await vi.runAllTimersAsync();
  expect(sent).toEqual(["a", "b"]);
});

test("waits 1, 2, 4 seconds; a wake sends at once and starts over", async () => {
  const { outbox, attempts } = setUp([noNetwork(), noNetwork(), noNetwork(), noNetwork()]);
  await outbox.add({ text: "a" });
  await vi.advanceTimersByTimeAsync(999);
  expect(attempts).toHaveLength(1);
  await vi.advanceTimersByTimeAsync(1);
  expect(attempts).toHaveLength(2);
  await vi.advanceTimersByTimeAsync(2000);
  expect(attempts).toHaveLength(3);
  await outbox.wake();
  expect(attempts).toHaveLength(4);
  await vi.advanceTimersByTimeAsync(1000);
  expect(attempts).toHaveLength(5);
  expect(outbox.entries).toEqual([]);
});

test("waits as long as the server asked, whatever is written or connected meanwhile", async () => {
  const { outbox, attempts } = setUp([new ApiError(429, "slower", "rate", 7000)]);
  await outbox.add({ text: "a" });
  await outbox.add({ text: "b" });
  await outbox.wake();
  await vi.advanceTimersByTimeAsync(6999);
  expect(attempts).toHaveLength(1);
  await vi.advanceTimersByTimeAsync(1);
  expect(attempts).toEqual(["a", "a", "b"]);
});

describe("a message that the server refuses for good", () => {
  test("is marked and lets the next one through", async () => {
    const { outbox, sent } = setUp([new ApiError(422, "text is too long")]);
    await outbox.add({ text: "bad" });
    await outbox.add({ text: "good" });
    expect(sent).toEqual(["good"]);
    expect(outbox.entries).toMatchObject([{ text: "bad", state: "failed", error: "text is too long" }]);
    await vi.runAllTimersAsync();
    expect(sent, "it is not tried again by itself").toEqual(["good"]);
  });

  test("is one that it would take tomorrow, and says so in the server's words", async () => {
    const { outbox, sent } = setUp([
      new ApiError(429, "Write instead, or send this one tomorrow", "too_many", 86_400_000),
    ]);
    await outbox.add({ text: "with a file" });
    await outbox.add({ text: "then I write" });
    expect(sent).toEqual(["then I write"]);
    expect(outbox.entries).toMatchObject([
      { state: "failed", error: "Write instead, or send this one tomorrow" },
    ]);
  });

  test("goes with the same client id when it is tried again", async () => {
    const { outbox, sent } = setUp([new ApiError(413, "too large")]);
    await outbox.add({ text: "a" });
    const id = outbox.entries[0]?.client_id ?? "";
    await outbox.retry(id);
    expect(sent).toEqual(["a"]);
    expect(outbox.entries).toEqual([]);
  });

  test("stays refused over a reload, and can be deleted", async () => {
    const first = setUp([new ApiError(422, "no")]);
    await first.outbox.add({ text: "a" });
    const second = setUp([], first.store);
    await second.outbox.load();
    await second.outbox.flush();
    expect(second.attempts).toEqual([]);
    await second.outbox.remove(second.outbox.entries[0]?.client_id ?? "");
    expect(await first.store.all()).toEqual([]);
  });
});

test("an invalid token is no refusal of the message", async () => {
  const { outbox, sent } = setUp([new ApiError(401, "who?")]);
  await outbox.add({ text: "a" });
  await vi.runAllTimersAsync();
  expect(sent).toEqual(["a"]);
});

test("what was unsent is sent after a reload of the same tab, in order", async () => {
  const before = setUp(["hang"]);
  void before.outbox.add({ text: "a" });
  void before.outbox.add({ text: "b" });
  await vi.advanceTimersByTimeAsync(0);
  const after = setUp([], before.store);
  await after.outbox.load();
  await after.outbox.flush();
  expect(after.sent).toEqual(["a", "b"]);
});

test("another tab's message is left to it for twenty seconds, then adopted", async () => {
  const store = new MemoryStore();
  await store.put(pending("theirs", { tab: "gone", created_at_ms: Date.now() }));
  const { outbox, sent } = setUp([], store);
  await outbox.load();
  await outbox.flush();
  expect(sent).toEqual([]);
  await vi.advanceTimersByTimeAsync(19_000);
  expect(sent).toEqual([]);
  await vi.advanceTimersByTimeAsync(25_000);
  expect(sent).toEqual(["theirs"]);
});

test("a storage that takes nothing costs no message", async () => {
  const store = new MemoryStore();
  store.put = () => Promise.reject(new Error("full"));
  const { outbox, sent } = setUp([noNetwork()], store);
  await outbox.add({ text: "a" });
  await outbox.load();
  expect(outbox.entries).toHaveLength(1);
  await vi.runAllTimersAsync();
  expect(sent).toEqual(["a"]);
});

test("a new visitor uploads the files again", async () => {
  const { outbox, store } = setUp([noNetwork()]);
  await outbox.add({ text: "", files: [new File(["x"], "a.txt")] });
  const file = outbox.entries[0]?.files[0];
  if (file) file.id = "old visitor's";
  await outbox.forgetUploads();
  expect(outbox.entries[0]?.files[0]).not.toHaveProperty("id");
  expect((await store.all())[0]?.files[0]).not.toHaveProperty("id");
});
