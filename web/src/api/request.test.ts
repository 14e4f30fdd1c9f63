import { afterEach, expect, test, vi } from "vitest";
import { Problem } from "./problem";
import { list, nextCursor, post, request, whenSignedOut, withQuery } from "./request";

const answer = (status: number, body?: unknown, type = "application/hal+json") =>
  vi.stubGlobal(
    "fetch",
    async () =>
      new Response(body === undefined ? null : JSON.stringify(body), {
        status,
        headers: { "Content-Type": type },
      }),
  );

afterEach(() => {
  vi.unstubAllGlobals();
  whenSignedOut(() => {});
});

test("a query keeps Kommo's brackets, repeats lists and leaves out what is empty", () => {
  expect(
    decodeURIComponent(withQuery("/x", { "filter[id][]": [1, 2], q: "", limit: 5, with: undefined })),
  ).toBe("/x?filter[id][]=1&filter[id][]=2&limit=5");
  expect(withQuery("/x")).toBe("/x");
});

test("204 is an empty list", async () => {
  answer(204);
  expect(await list("/api/v4/leads", "leads")).toEqual({ items: [], cursor: undefined });
});

test("a collection gives its items and the next page's cursor", async () => {
  answer(200, {
    _links: { next: { href: "/api/v4/leads?limit=1&cursor=abc%3D" } },
    _embedded: { leads: [{ id: 1 }] },
  });
  expect(await list("/api/v4/leads", "leads")).toEqual({ items: [{ id: 1 }], cursor: "abc=" });
  expect(nextCursor("https://host/api/v4/leads?page=2")).toBeUndefined();
});

test("a refusal is thrown as a problem", async () => {
  answer(409, { title: "Conflict", detail: "changed" }, "application/problem+json");
  await expect(request("PATCH", "/api/v4/bots/1", { body: {} })).rejects.toMatchObject({
    status: 409,
    detail: "changed",
  });
});

test("no answer at all is a problem, too", async () => {
  vi.stubGlobal("fetch", async () => {
    throw new TypeError("Failed to fetch");
  });
  const error = await request("GET", "/api/v4/users").catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(Problem);
  expect(error).toMatchObject({ status: 0 });
});

test("401 tells that nobody is signed in, but not for a wrong password", async () => {
  const signedOut = vi.fn();
  whenSignedOut(signedOut);
  answer(401, { title: "Unauthorized" });
  await request("POST", "/api/session", { body: {} }).catch(() => {});
  expect(signedOut).not.toHaveBeenCalled();
  await request("GET", "/api/v4/users").catch(() => {});
  expect(signedOut).toHaveBeenCalledOnce();
});

test("a body that is no JSON is nothing", async () => {
  vi.stubGlobal(
    "fetch",
    async () => new Response("Accepted", { status: 202, headers: { "Content-Type": "text/html" } }),
  );
  expect(await request("POST", "/api/v4/bots/1/run", { body: {} })).toBeUndefined();
});

test("the second half of a double click makes nothing new; other words, a later click and a repeat after a failure do", async () => {
  vi.useFakeTimers();
  let calls = 0;
  let status = 200;
  vi.stubGlobal("fetch", async () => {
    calls += 1;
    return new Response(JSON.stringify({ id: calls }), {
      status,
      headers: { "Content-Type": "application/json" },
    });
  });
  const post = (text: string) => request("POST", "/api/v4/tasks", { body: { text } });
  expect(await Promise.all([post("a"), post("a"), post("b")])).toEqual([{ id: 1 }, { id: 1 }, { id: 2 }]);
  expect(await post("a")).toEqual({ id: 1 });
  await vi.advanceTimersByTimeAsync(600);
  expect(await post("a")).toEqual({ id: 3 });
  status = 500;
  await expect(post("c")).rejects.toThrow();
  status = 200;
  expect(await post("c")).toEqual({ id: 5 });
  vi.useRealTimers();
});

test("a POST that is carried out once is sent again with the same key until there is an answer, another one with another key", async () => {
  vi.useFakeTimers();
  const sent: (string | null)[] = [];
  const answers: (Response | Error)[] = [
    new TypeError("Failed to fetch"),
    new Response(JSON.stringify({ code: "in_progress" }), {
      status: 409,
      headers: { "Content-Type": "application/problem+json" },
    }),
    new Response(JSON.stringify({ id: 1 }), { headers: { "Content-Type": "application/json" } }),
    new Response(JSON.stringify({ code: "conflict" }), {
      status: 409,
      headers: { "Content-Type": "application/problem+json" },
    }),
  ];
  vi.stubGlobal("fetch", async (_: string, init: RequestInit) => {
    sent.push(new Headers(init.headers).get("Idempotency-Key"));
    const next = answers.shift();
    if (next instanceof Error || !next) throw next;
    return next;
  });
  const first = post("/api/v4/tasks", [1]);
  const doubleClick = post("/api/v4/tasks", [1]);
  await vi.advanceTimersByTimeAsync(2000);
  expect(await first).toEqual({ id: 1 });
  expect(await doubleClick).toEqual({ id: 1 });
  expect(sent).toHaveLength(3);
  expect(new Set(sent).size).toBe(1);
  expect(sent[0]).toMatch(/^[0-9a-f-]{36}$/);
  await expect(post("/api/v4/tasks", [2])).rejects.toMatchObject({ code: "conflict" });
  expect(sent[3]).not.toBe(sent[0]);
  vi.useRealTimers();
});
