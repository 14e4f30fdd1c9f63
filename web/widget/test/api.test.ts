import { afterEach, expect, test, vi } from "vitest";
import { Api, ApiError } from "../src/panel/core/api";

afterEach(() => {
  vi.unstubAllGlobals();
});

/** Answers every request with the same response and keeps what was asked. */
function serve(answer: () => Response | Promise<Response>) {
  const fetch = vi.fn((_url: string, _init: RequestInit) => Promise.resolve().then(answer));
  vi.stubGlobal("fetch", fetch);
  return fetch;
}

const json = (status: number, body: unknown, headers: Record<string, string> = {}) =>
  new Response(JSON.stringify(body), { status, headers });

async function failure(call: Promise<unknown>): Promise<ApiError> {
  const error = await call.then(
    () => null,
    (caught) => caught,
  );
  expect(error).toBeInstanceOf(ApiError);
  return error as ApiError;
}

test("a problem becomes an error with its words, code and wait", async () => {
  serve(() => json(429, { detail: "slower, please", code: "rate_limited" }, { "Retry-After": "7" }));
  const error = await failure(new Api("/live/x").typing());
  expect(error).toMatchObject({
    status: 429,
    message: "slower, please",
    code: "rate_limited",
    retryAfterMs: 7000,
  });
});

test.each([
  [0, true],
  [401, false],
  [408, true],
  [413, false],
  [422, false],
  [429, true],
  [503, true],
])("status %i is temporary: %s", (status, want) => {
  expect(new ApiError(status, "").isTemporary).toBe(want);
});

test.each([
  [null, true],
  [5 * 60_000, true],
  [5 * 60_000 + 1, false],
])("to be asked to wait %s ms is temporary: %s", (wait, want) => {
  expect(new ApiError(429, "", "too_many", wait).isTemporary).toBe(want);
});

test("an error page that is no JSON is still an error", async () => {
  serve(() => new Response("<h1>Bad gateway</h1>", { status: 502 }));
  expect(await failure(new Api("/live/x").settings())).toMatchObject({ status: 502, retryAfterMs: null });
});

test("a captive portal's own page is no answer", async () => {
  serve(() => new Response("<h1>Please log in</h1>"));
  expect(await failure(new Api("/live/x").settings())).toMatchObject({ status: 0, isTemporary: true });
});

test("a request that nobody answers is given up after twenty seconds", async () => {
  const clock = new AbortController();
  const timeout = vi.spyOn(AbortSignal, "timeout").mockReturnValue(clock.signal);
  vi.stubGlobal("fetch", (_url: string, { signal }: { signal: AbortSignal }) => {
    return new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason)));
  });
  const call = failure(new Api("/live/x").settings());
  clock.abort();
  expect(await call).toMatchObject({ status: 0 });
  expect(timeout).toHaveBeenCalledWith(20_000);
  timeout.mockRestore();
});

test("the token travels in a header, never in an address", async () => {
  const fetch = serve(() => json(200, { messages: [], has_more: false, read_seq: 0 }));
  const api = new Api("/live/x");
  api.token = "secret";
  await api.messages({ after: 3, limit: 50 });
  const [url, init] = fetch.mock.calls[0] ?? [];
  expect(url).toBe("/live/x/messages?after=3&limit=50");
  expect(new Headers(init?.headers).get("Authorization")).toBe("Bearer secret");
});
