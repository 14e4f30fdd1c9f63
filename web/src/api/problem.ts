// Errors of the API: application/problem+json (RFC 9457) with Kommo's validation-errors.

export interface FieldProblem {
  path: string;
  detail: string;
  code: string;
}

export class Problem extends Error {
  constructor(
    readonly status: number,
    readonly title: string,
    readonly detail: string,
    readonly code: string,
    readonly fields: FieldProblem[],
  ) {
    super(detail || title);
    this.name = "Problem";
  }
}

interface ProblemBody {
  title?: unknown;
  detail?: unknown;
  code?: unknown;
  "validation-errors"?: { errors?: Partial<FieldProblem>[] }[];
}

const fallbackTitles: Record<number, string> = {
  0: "No connection",
  401: "Please sign in",
  403: "Not allowed",
  404: "Not found",
  409: "Changed by somebody else",
  413: "Too large",
  429: "Too many requests",
};

/** Makes a Problem of whatever the server or a proxy before it answered; body is the parsed JSON, if it was JSON. */
export function toProblem(status: number, body: unknown): Problem {
  const from: ProblemBody = isObject(body) ? body : {};
  const title = text(from.title) || fallbackTitles[status] || "The server could not do that";
  const fields = (from["validation-errors"] ?? []).flatMap((item) =>
    (item.errors ?? []).map((error) => ({
      path: error.path ?? "",
      detail: error.detail ?? "is not valid",
      code: error.code ?? "",
    })),
  );
  return new Problem(status, title, text(from.detail), text(from.code), fields);
}

/** The error of a request that got no answer at all. */
export function offlineProblem(): Problem {
  return new Problem(
    0,
    "No connection",
    "The server did not answer. Check the connection and try again.",
    "",
    [],
  );
}

/** What to show a person about any thrown value. */
export function describe(error: unknown): { title: string; detail: string } {
  if (error instanceof Problem) {
    const fields = error.fields.map((field) =>
      field.path ? `${field.path}: ${field.detail}` : field.detail,
    );
    return { title: error.title, detail: [error.detail, ...fields].filter(Boolean).join("\n") };
  }
  return { title: "Something went wrong", detail: error instanceof Error ? error.message : String(error) };
}

/** The message for one form field; path is the API's, such as "name" or "settings.title". */
export function fieldError(error: unknown, path: string): string | undefined {
  if (!(error instanceof Problem)) return undefined;
  return error.fields.find((field) => field.path === path || field.path.startsWith(`${path}.`))?.detail;
}

export const isStatus = (error: unknown, status: number) =>
  error instanceof Problem && error.status === status;

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}

function text(value: unknown): string {
  return typeof value === "string" ? value : "";
}
