import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { ApiError } from "../src/panel/core/api";
import { Backoff } from "../src/panel/core/backoff";
import { EventParser } from "../src/panel/core/sse";
import { Stream, type StreamHandlers } from "../src/panel/core/stream";

describe("EventParser", () => {
  test("puts pieces together wherever they were cut", () => {
    const text = 'id: 1\r\nevent: typing\r\ndata: {"a":1}\r\n\r\n: ping\n\ndata: x\ndata: y\n\n';
    for (let cut = 0; cut <= text.length; cut++) {
      const parser = new EventParser();
      const events = [...parser.push(text.slice(0, cut)), ...parser.push(text.slice(cut))];
      expect(events, `cut at ${cut}`).toEqual([
        { event: "typing", data: '{"a":1}' },
        { event: "message", data: "x\ny" },
      ]);
    }
  });
});

test("Backoff doubles up to its limit and starts over after a reset", () => {
  const backoff = new Backoff(1000, 5000, () => 1);
  expect([backoff.next(), backoff.next(), backoff.next(), backoff.next()]).toEqual([1000, 2000, 4000, 5000]);
  backoff.reset();
  expect(backoff.next()).toBe(1000);
});

describe("Stream", () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  /** A stream whose connections the test feeds and cuts. */
  function setUp() {
    const connections: ReadableStreamDefaultController<Uint8Array>[] = [];
    const log: string[] = [];
    const handlers: StreamHandlers = {
      catchUp: async () => void log.push("catch up"),
      open: async () => new Response(new ReadableStream({ start: (c) => void connections.push(c) })),
      message: (m) => log.push(`message ${m.seq}`),
      typing: (t) => log.push(`typing ${t.name}`),
      read: (seq) => log.push(`read ${seq}`),
      connected: (yes) => log.push(yes ? "connected" : "lost"),
      unauthorized: () => log.push("unauthorized"),
    };
    const say = (text: string) => connections.at(-1)?.enqueue(new TextEncoder().encode(text));
    return { stream: new Stream(handlers), handlers, connections, log, say };
  }

  const settle = () => vi.advanceTimersByTimeAsync(0);

  test("gives events to their handlers and survives nonsense", async () => {
    const { stream, log, say } = setUp();
    stream.start();
    await settle();
    say(
      'event: message\ndata: {"seq":3}\n\nevent: message\ndata: {broken\n\nevent: read\ndata: {"seq":2}\n\n',
    );
    await settle();
    expect(log).toEqual(["catch up", "connected", "message 3", "read 2"]);
    stream.stop();
  });

  test("catches up before every new connection", async () => {
    const { stream, log, connections } = setUp();
    stream.start();
    await settle();
    connections[0]?.close();
    await vi.advanceTimersByTimeAsync(1000);
    expect(log).toEqual(["catch up", "connected", "lost", "catch up", "connected"]);
    stream.stop();
  });

  test("takes a line that is silent for 35 seconds for dead; pings keep it alive", async () => {
    const { stream, log, say } = setUp();
    stream.start();
    await settle();
    await vi.advanceTimersByTimeAsync(30_000);
    say(": ping\n\n");
    await vi.advanceTimersByTimeAsync(30_000);
    expect(log).not.toContain("lost");
    await vi.advanceTimersByTimeAsync(6000);
    expect(log).toContain("lost");
    stream.stop();
  });

  test("an invalid token ends it for good", async () => {
    const { stream, handlers, log } = setUp();
    handlers.catchUp = () => Promise.reject(new ApiError(401, "who?"));
    stream.start();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(log).toEqual(["unauthorized"]);
  });

  test("a stopped stream stays silent, and a restart does not wait", async () => {
    const { stream, handlers, log } = setUp();
    handlers.open = () => Promise.reject(new ApiError(0, "down"));
    stream.start();
    await settle();
    stream.restart();
    await settle();
    expect(log).toEqual(["catch up", "lost", "catch up", "lost"]);
    stream.stop();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(log).toHaveLength(4);
  });
});
