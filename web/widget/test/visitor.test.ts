import { expect, test, vi } from "vitest";
import { type Api, ApiError } from "../src/panel/core/api";
import { VisitorSession } from "../src/panel/core/visitor";
import type { Memory } from "../src/shared/memory";

function setUp(kept: Record<string, string> = {}) {
  const notes = new Map(Object.entries(kept));
  const memory: Memory = {
    get: (key) => notes.get(key) ?? null,
    set: (key, value) => void notes.set(key, value),
  };
  const visitor = vi.fn(async (token: string | null, ..._rest: unknown[]) => ({
    visitor_id: "v",
    token: token ?? "new",
  }));
  const api = { token: null, visitor } as unknown as Api;
  const onToken = vi.fn();
  return { session: new VisitorSession(api, memory, "lock", onToken), api, visitor, onToken, notes };
}

test("two messages at once make one visitor, and its token is kept", async () => {
  const { session, visitor, onToken, notes } = setUp();
  await Promise.all([session.ensure(), session.ensure()]);
  await session.ensure();
  expect(visitor).toHaveBeenCalledOnce();
  expect(onToken).toHaveBeenCalledExactlyOnceWith("new");
  expect(notes.get("token")).toBe("new");
});

test("a kept token is used as it is", async () => {
  const { session, visitor, api } = setUp({ token: "kept" });
  await session.ensure();
  expect(visitor).not.toHaveBeenCalled();
  expect(api.token).toBe("kept");
});

test("a failure to make the visitor does not stick", async () => {
  const { session, visitor } = setUp();
  visitor.mockRejectedValueOnce(new ApiError(0, "down"));
  await expect(session.ensure()).rejects.toThrow("down");
  await session.ensure();
  expect(session.known).toBe(true);
});

test("news of a visitor who does not exist wait for the first message", async () => {
  const { session, visitor } = setUp();
  session.learn({ name: "Ada" });
  await session.update();
  expect(visitor).not.toHaveBeenCalled();
  await session.ensure();
  expect(visitor.mock.calls[0]?.[1]).toEqual({ name: "Ada" });
  await session.update();
  expect(visitor, "they are told once").toHaveBeenCalledOnce();
});

test("news that did not get through are told again", async () => {
  const { session, visitor } = setUp({ token: "kept" });
  visitor.mockRejectedValueOnce(new ApiError(0, "down"));
  session.learn({ email: "ada@example.org" });
  await expect(session.update()).rejects.toThrow("down");
  await session.update();
  await session.update();
  expect(visitor).toHaveBeenCalledTimes(2);
});

test("a token that the server replaced is replaced here", async () => {
  const { session, visitor, notes, onToken } = setUp({ token: "old" });
  visitor.mockResolvedValueOnce({ visitor_id: "v2", token: "fresh" });
  session.learn({});
  await session.update();
  expect(notes.get("token")).toBe("fresh");
  expect(onToken).toHaveBeenCalledWith("fresh");
});

test("forgetting an old token does not touch a newer one", () => {
  const { session, api } = setUp({ token: "newer" });
  session.forget("older");
  expect(api.token).toBe("newer");
  session.forget("newer");
  expect(session.known).toBe(false);
});
