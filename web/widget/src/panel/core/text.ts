export interface TextPiece {
  text: string;
  href?: string;
}

const LINK = /(?:https?:\/\/|www\.)[^\s<>"']+|[\w.+-]+@[\w-]+(?:\.[\w-]+)+/gi;

/** Cuts a text into plain pieces and links. It makes no HTML, so a text can never become markup. */
export function linkify(text: string): TextPiece[] {
  const pieces: TextPiece[] = [];
  let at = 0;
  for (const match of text.matchAll(LINK)) {
    const found = withoutTail(match[0]);
    if (match.index > at) pieces.push({ text: text.slice(at, match.index) });
    pieces.push({ text: found, href: hrefOf(found) });
    at = match.index + found.length;
  }
  if (at < text.length) pieces.push({ text: text.slice(at) });
  return pieces;
}

/** A sentence's full stop or bracket behind an address is not part of it; a bracket opened inside is. */
function withoutTail(link: string): string {
  let end = link.length;
  for (; end > 1; end--) {
    const last = link[end - 1] ?? "";
    const opened =
      last === ")" && link.slice(0, end).split("(").length >= link.slice(0, end).split(")").length;
    if (!/[.,;:!?)\]}»…]/.test(last) || opened) break;
  }
  return link.slice(0, end);
}

function hrefOf(link: string): string {
  if (/^https?:/i.test(link)) return link;
  return link.includes("@") && !/^www\./i.test(link) ? `mailto:${link}` : `https://${link}`;
}

/** Addresses that a button may open; javascript: and the like give null. */
export function safeHref(url: string): string | null {
  try {
    const { protocol, href } = new URL(url, location.href);
    return ["http:", "https:", "mailto:", "tel:"].includes(protocol) ? href : null;
  } catch {
    return null;
  }
}

/** In Unicode code points, as the server counts. */
export function textLength(text: string): number {
  let length = 0;
  for (const _ of text) length += 1;
  return length;
}

/** 1536000 → "1.5 MB" in the language's own spelling. */
export function fileSize(bytes: number, language: string): string {
  const units = ["byte", "kilobyte", "megabyte", "gigabyte"];
  const power = Math.min(Math.floor(Math.log(Math.max(bytes, 1)) / Math.log(1024)), units.length - 1);
  const format = {
    style: "unit",
    unit: units[power],
    unitDisplay: "short",
    maximumFractionDigits: 1,
  } as const;
  return new Intl.NumberFormat(language, format as Intl.NumberFormatOptions).format(bytes / 1024 ** power);
}
