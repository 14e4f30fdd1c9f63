/** Where the loader came from, and so where its panel is. */
export interface Source {
  origin: string;
  channel: string;
}

/**
 * Reads the script's own address, https://HOST/live/CHANNEL/loader.js; data-host and data-channel win over it, for
 * pages that serve the file themselves. Tag managers leave document.currentScript empty: then the tag is searched.
 */
export function findSource(doc: Document): Source | null {
  const script =
    (doc.currentScript as HTMLScriptElement | null) ??
    doc.querySelector<HTMLScriptElement>('script[src*="/live/"][src*="/loader.js"], script[data-channel]');
  if (!script) return null;
  const url = script.src ? new URL(script.src, doc.baseURI) : null;
  const channel = script.dataset.channel ?? url?.pathname.match(/\/live\/([^/]+)\/loader\.js$/)?.[1];
  const host = script.dataset.host ?? url?.origin;
  if (!channel || !host) return null;
  return { origin: new URL(host, doc.baseURI).origin, channel: decodeURIComponent(channel) };
}
