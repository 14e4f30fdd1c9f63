export interface ServerEvent {
  event: string;
  data: string;
}

/** Takes pieces of an event stream as they come and gives whole events (text/event-stream of the HTML standard). */
export class EventParser {
  private rest = "";

  push(piece: string): ServerEvent[] {
    // A piece may end between \r and \n; the lone \r waits for its other half.
    const text = this.rest + piece;
    const blocks = text
      .replace(/\r\n/g, "\n")
      .replace(/\r(?!$)/g, "\n")
      .split("\n\n");
    this.rest = blocks.pop() ?? "";
    return blocks.flatMap((block) => parseBlock(block) ?? []);
  }
}

function parseBlock(block: string): ServerEvent | null {
  let event = "message";
  const data: string[] = [];
  for (const line of block.split("\n")) {
    const colon = line.indexOf(":");
    if (colon === 0) continue;
    const name = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? "" : line.slice(colon + 1).replace(/^ /, "");
    if (name === "event") event = value;
    if (name === "data") data.push(value);
  }
  return data.length ? { event, data: data.join("\n") } : null;
}
