/** Notes that outlive the page where the browser allows it; in a sandbox or without storage they live as long as it. */
export interface Memory {
  get(key: string): string | null;
  set(key: string, value: string): void;
}

export function memory(open: () => Storage, prefix: string): Memory {
  const fallback = new Map<string, string>();
  return {
    get: (key) => {
      try {
        return open().getItem(prefix + key) ?? fallback.get(key) ?? null;
      } catch {
        return fallback.get(key) ?? null;
      }
    },
    set: (key, value) => {
      try {
        open().setItem(prefix + key, value);
      } catch {
        fallback.set(key, value);
      }
    },
  };
}
