/** A day's number in local time: equal for two moments of one day. */
export function dayOf(ms: number): number {
  const date = new Date(ms);
  return Date.UTC(date.getFullYear(), date.getMonth(), date.getDate()) / 86_400_000;
}

/** "Today", "Yesterday", "3 May", "3 May 2024". */
export function dayName(
  ms: number,
  now: number,
  language: string,
  words: { today: string; yesterday: string },
): string {
  const age = dayOf(now) - dayOf(ms);
  if (age === 0) return words.today;
  if (age === 1) return words.yesterday;
  const sameYear = new Date(ms).getFullYear() === new Date(now).getFullYear();
  const format: Intl.DateTimeFormatOptions = {
    day: "numeric",
    month: "long",
    ...(sameYear ? {} : { year: "numeric" }),
  };
  return new Intl.DateTimeFormat(language, format).format(ms);
}

export function timeName(ms: number, language: string): string {
  return new Intl.DateTimeFormat(language, { hour: "2-digit", minute: "2-digit" }).format(ms);
}
