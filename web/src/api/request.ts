import type { paths } from "../gen/api";
import { newId } from "./id";
import { isStatus, offlineProblem, Problem, toProblem } from "./problem";

type Filled<Path extends string> = Path extends `${infer Before}{${string}}${infer After}`
  ? `${Before}${string}${Filled<After>}`
  : Path;

/** A path of the API's description with its parameters filled in; a path that the API does not have is a type error. */
export type ApiPath = Filled<keyof paths & string>;

export type Method = "GET" | "POST" | "PUT" | "PATCH" | "DELETE";

type QueryValue = string | number | boolean | undefined | null;
export type Query = Record<string, QueryValue | (string | number)[]>;

interface Options {
  query?: Query;
  body?: unknown;
  form?: FormData;
  signal?: AbortSignal;
  key?: string;
}

/** Called when the server says that nobody is signed in; the shell goes to the sign-in page. */
let onSignedOut = () => {};
export const whenSignedOut = (handler: () => void) => {
  onSignedOut = handler;
};

export function withQuery(path: string, query: Query = {}): string {
  const params = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    const values = Array.isArray(value) ? value : [value];
    for (const item of values)
      if (item !== undefined && item !== null && item !== "") params.append(name, String(item));
  }
  const search = params.toString();
  return search ? `${path}?${search}` : path;
}

/** Within this time the same POST is the second half of a double click, also if the first was answered already. */
const DOUBLE_CLICK_MS = 500;

const posts = new Map<string, Promise<unknown>>();

/**
 * One call of the API. Answers undefined for 204 and for bodies that are not JSON; throws a Problem for the rest. The same
 * POST again, while the first is under way or just after it, is no second one: it gets the first one's answer.
 */
export function request<T>(method: Method, path: ApiPath, options: Options = {}): Promise<T> {
  if (method !== "POST" || options.form || options.signal) return call<T>(method, path, options);
  const key = `${withQuery(path, options.query)} ${JSON.stringify(options.body)}`;
  const first = posts.get(key);
  if (first) return first as Promise<T>;
  const answer = options.key ? persist<T>(path, options) : call<T>(method, path, options);
  posts.set(key, answer);
  const wait = new Promise((resolve) => setTimeout(resolve, DOUBLE_CLICK_MS));
  answer
    .then(() => wait)
    .then(
      () => posts.delete(key),
      () => posts.delete(key), // what failed may be tried again at once
    );
  return answer;
}

/** How long to wait before a request is tried once more; after the last one the failure stands. */
const TRY_AGAIN_MS = [400, 1600];

/**
 * A POST that is carried out once, however often it has to be sent: every try has the same Idempotency-Key. It is sent
 * again if no answer came, or one that says to come back. Only for operations that take a key.
 */
export const post = <T>(path: ApiPath, body?: unknown) => request<T>("POST", path, { body, key: newId() });

async function persist<T>(path: ApiPath, options: Options): Promise<T> {
  for (const pause of TRY_AGAIN_MS) {
    try {
      return await call<T>("POST", path, options);
    } catch (error) {
      if (!worthAnotherTry(error)) throw error;
    }
    await new Promise((resolve) => setTimeout(resolve, pause));
  }
  return call<T>("POST", path, options);
}

const worthAnotherTry = (error: unknown) =>
  [0, 502, 503, 504].some((status) => isStatus(error, status)) ||
  (error instanceof Problem && error.code === "in_progress");

async function call<T>(method: Method, path: ApiPath, options: Options): Promise<T> {
  let response: Response;
  try {
    response = await fetch(withQuery(path, options.query), {
      method,
      signal: options.signal,
      credentials: "same-origin",
      headers: {
        ...(options.key ? { "Idempotency-Key": options.key } : undefined),
        ...(options.body === undefined ? undefined : { "Content-Type": "application/json" }),
      },
      body: options.form ?? (options.body === undefined ? undefined : JSON.stringify(options.body)),
    });
  } catch (error) {
    if (options.signal?.aborted) throw error;
    throw offlineProblem();
  }
  const body = await parse(response);
  if (!response.ok) {
    if (response.status === 401 && !path.startsWith("/api/session")) onSignedOut();
    throw toProblem(response.status, body);
  }
  return body as T;
}

async function parse(response: Response): Promise<unknown> {
  if (response.status === 204 || !/json/.test(response.headers.get("Content-Type") ?? "")) return undefined;
  return response.json().catch(() => undefined);
}

interface Collection {
  _links?: { next?: { href?: string } };
  _embedded?: Record<string, unknown>;
}

export interface Page<T> {
  items: T[];
  /** Names the next page; undefined on the last one. */
  cursor: string | undefined;
}

/** Reads a HAL collection: its items and the cursor of its next page. 204 is an empty list. */
export async function list<T>(path: ApiPath, key: string, options: Options = {}): Promise<Page<T>> {
  const body = await request<Collection | undefined>("GET", path, options);
  const items = (body?._embedded?.[key] ?? []) as T[];
  return { items, cursor: nextCursor(body?._links?.next?.href) };
}

export function nextCursor(href: string | undefined): string | undefined {
  if (!href) return undefined;
  return new URL(href, "http://server").searchParams.get("cursor") ?? undefined;
}
