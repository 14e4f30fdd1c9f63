/** The text colour, black or white, that is easier to read on a #rrggbb background (WCAG relative luminance). */
export function textOn(background: string): "#ffffff" | "#10131a" {
  const channels = [1, 3, 5].map((at) => Number.parseInt(background.slice(at, at + 2), 16) / 255);
  if (channels.some(Number.isNaN)) return "#ffffff";
  const [red, green, blue] = channels.map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4));
  const luminance = 0.2126 * (red ?? 0) + 0.7152 * (green ?? 0) + 0.0722 * (blue ?? 0);
  return luminance > 0.36 ? "#10131a" : "#ffffff";
}

/** Settings come from a server, yet they end in CSS: anything but #rrggbb becomes the given fallback. */
export function safeColour(colour: string, fallback: string): string {
  return /^#[0-9a-f]{6}$/i.test(colour) ? colour : fallback;
}
