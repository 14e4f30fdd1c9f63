export const LANGUAGES = ["en", "de", "es", "pt", "tr", "ru"] as const;
export type Language = (typeof LANGUAGES)[number];

/** The first language we speak: the channel's setting, else the browser's in order of preference, else English. */
export function pickLanguage(setting: string, preferred: readonly string[]): Language {
  const wanted = setting && setting !== "auto" ? [setting] : preferred;
  for (const tag of wanted) {
    const short = tag.toLowerCase().split("-")[0];
    const known = LANGUAGES.find((language) => language === short);
    if (known) return known;
  }
  return "en";
}
