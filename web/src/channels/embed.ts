/** The script tag that puts a live chat on a site. */
export function embedSnippet(channel: number, origin: string): string {
  return `<script src="${origin}/live/widget.js" data-channel="${channel}" async></script>`;
}

/** One origin a line, as people write them, to the list that the API takes; a path or a trailing slash is cut off. */
export function parseOrigins(text: string): string[] {
  return text
    .split(/[\s,]+/)
    .filter(Boolean)
    .map((entry) => {
      try {
        return new URL(entry.includes("://") ? entry : `https://${entry}`).origin;
      } catch {
        // The server says what is wrong with it, at the field.
        return entry;
      }
    });
}
