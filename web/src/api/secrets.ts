import { list, request } from "./request";
import type { Secret } from "./types";

/** The names of the secrets and who uses them; a value never comes back. */
export const listSecrets = async () => (await list<Secret>("/api/v4/secrets", "secrets")).items;

export const putSecret = ({ name, value }: { name: string; value: string }) =>
  request<unknown>("PUT", `/api/v4/secrets/${encodeURIComponent(name)}`, { body: { value } });

/** 409 if a bot uses it. */
export const deleteSecret = (name: string) => request<unknown>("DELETE", `/api/v4/secrets/${name}`);
