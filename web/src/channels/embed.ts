/** The script tag that puts a live chat on a site. */
export function embedSnippet(channel: number, origin: string): string {
  return `<script async src="${origin}/live/${channel}/loader.js"></script>`;
}

/** A star may stand for all subdomains; it is no part of an address, so it steps aside while that is read. */
const STAR = "any-subdomain.";

/** One origin a line, as people write them, to the list that the API takes; a path or a trailing slash is cut off. */
export function parseOrigins(text: string): string[] {
  return text
    .split(/[\s,]+/)
    .filter(Boolean)
    .map((entry) => {
      const address = entry.includes("://") ? entry : `https://${entry}`;
      try {
        return new URL(address.replace("//*.", `//${STAR}`)).origin.replace(STAR, "*.");
      } catch {
        // The server says what is wrong with it, at the field.
        return entry;
      }
    });
}
