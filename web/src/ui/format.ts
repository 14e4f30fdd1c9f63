// How numbers, times and states are written for people.

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

export const nowSeconds = () => Math.floor(Date.now() / 1000);

/** Making a formatter takes a hundred times as long as using it, and a board has hundreds of sums. */
const formatters = new Map<string, Intl.NumberFormat>();

/** A sum of money in the account's currency, without cents when there are none. */
export function money(amount: number, currency = "USD"): string {
  const maximumFractionDigits = Number.isInteger(amount) ? 0 : 2;
  const key = `${currency} ${maximumFractionDigits}`;
  let formatter = formatters.get(key);
  if (!formatter) {
    formatter = new Intl.NumberFormat(undefined, { style: "currency", currency, maximumFractionDigits });
    formatters.set(key, formatter);
  }
  return formatter.format(amount);
}

/** How far a moment is from now: "5 min ago", "in 2 h", "3 d ago". Both are Unix seconds. */
export function relative(at: number, now: number): string {
  const distance = Math.abs(now - at);
  if (distance < MINUTE) return "now";
  const words = span(distance);
  return at < now ? `${words} ago` : `in ${words}`;
}

/** A length of time in its largest whole unit. */
export function span(seconds: number): string {
  if (seconds < MINUTE) return `${Math.round(seconds)} s`;
  if (seconds < HOUR) return `${Math.floor(seconds / MINUTE)} min`;
  if (seconds < DAY) return `${Math.floor(seconds / HOUR)} h`;
  return `${Math.floor(seconds / DAY)} d`;
}

/** A length of time with two units, for traces: "1.2 s", "4 min 10 s", "2 d 3 h". */
export function duration(ms: number): string {
  if (ms < 1000) return `${Math.round(ms)} ms`;
  const seconds = ms / 1000;
  if (seconds < MINUTE) return `${seconds < 10 ? seconds.toFixed(1) : Math.round(seconds)} s`;
  const units: [number, string][] = [
    [DAY, "d"],
    [HOUR, "h"],
    [MINUTE, "min"],
    [1, "s"],
  ];
  const first = units.findIndex(([size]) => seconds >= size);
  const [size, name] = units[first] as [number, string];
  const next = units[first + 1];
  const rest = next ? Math.floor((seconds % size) / next[0]) : 0;
  return `${Math.floor(seconds / size)} ${name}${next && rest ? ` ${rest} ${next[1]}` : ""}`;
}

const dateTimes = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "short" });

export const dateTime = (at: number) => dateTimes.format(at * 1000);

export function clock(at: number): string {
  return new Intl.DateTimeFormat(undefined, { timeStyle: "short" }).format(at * 1000);
}

/** The heading over a day's messages. */
export function day(at: number, now: number): string {
  const start = (time: number) => new Date(time * 1000).setHours(0, 0, 0, 0);
  const days = Math.round((start(now) - start(at)) / (DAY * 1000));
  if (days === 0) return "Today";
  if (days === 1) return "Yesterday";
  return new Intl.DateTimeFormat(undefined, { dateStyle: "full" }).format(at * 1000);
}

export function bytes(size: number): string {
  if (size < 1024) return `${size} B`;
  if (size < 1024 * 1024) return `${Math.round(size / 1024)} KB`;
  return `${(size / 1024 / 1024).toFixed(1)} MB`;
}

export function initials(name: string): string {
  const words = name.trim().split(/\s+/);
  return words
    .filter((_, index) => index === 0 || index === words.length - 1)
    .map((word) => [...word][0] ?? "")
    .join("")
    .toUpperCase();
}

/** Turns a wire word such as "stage_entered" into "Stage entered". */
export function words(name: string): string {
  const spaced = name.replaceAll("_", " ");
  return spaced.charAt(0).toUpperCase() + spaced.slice(1);
}
