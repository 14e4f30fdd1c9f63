import type { IncomingMessage } from "node:http";

/** Becomes a problem+json answer. */
export class Refusal extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    detail: string,
  ) {
    super(detail);
  }
}

export async function readBody(request: IncomingMessage): Promise<Buffer> {
  const pieces: Buffer[] = [];
  for await (const piece of request) pieces.push(piece as Buffer);
  return Buffer.concat(pieces);
}

type Kind = "string" | "number" | "object";

/** Refuses missing, mistyped and unknown fields, so that the widget cannot drift away from the contract. */
export function checkFields(
  body: Record<string, unknown>,
  needed: Record<string, Kind>,
  allowed: Record<string, Kind> = {},
): void {
  for (const [name, kind] of Object.entries(needed)) {
    if (typeof body[name] !== kind) throw new Refusal(422, name, `${name} must be a ${kind}`);
  }
  for (const [name, value] of Object.entries(body)) {
    const kind = needed[name] ?? allowed[name];
    if (!kind) throw new Refusal(422, name, `${name} is not known`);
    if (typeof value !== kind) throw new Refusal(422, name, `${name} must be a ${kind}`);
  }
}

export interface FilePart {
  name: string;
  mime: string;
  bytes: Buffer;
}

/** The one part, called "file", of a multipart body. */
export function filePart(contentType: string, body: Buffer): FilePart {
  const boundary = contentType.match(/^multipart\/form-data; boundary=(.+)$/)?.[1];
  if (!boundary) throw new Refusal(415, "content_type", "multipart/form-data only");
  const start = body.indexOf("\r\n\r\n");
  const head = body.subarray(0, start).toString();
  const end = body.lastIndexOf(`\r\n--${boundary}--`);
  const name = head.match(/name="file"; filename="([^"]*)"/)?.[1];
  const mime = head.match(/Content-Type: (\S+)/i)?.[1];
  if (!name || !mime || end < 0) throw new Refusal(422, "file", "the part file is missing");
  return { name, mime, bytes: body.subarray(start + 4, end) };
}
