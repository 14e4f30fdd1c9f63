import { list, post, request } from "./request";
import type { CustomField, FeedEvent, Lead, Note, Tag } from "./types";

export const searchLeads = async (text: string, signal?: AbortSignal) =>
  (
    await list<Lead>("/api/v4/leads", "leads", {
      query: { query: text, with: "contacts", limit: 10 },
      signal,
    })
  ).items;

export const getLead = (id: number) =>
  request<Lead | undefined>("GET", `/api/v4/leads/${id}`, { query: { with: "contacts" } });

export interface NewLead {
  name: string;
  price?: number;
  pipeline_id: number;
  status_id: number;
}

export async function createLead(lead: NewLead): Promise<number | undefined> {
  const body = await post<{ _embedded: { leads: { id: number }[] } }>("/api/v4/leads", [lead]);
  return body._embedded.leads[0]?.id;
}

/** What may be changed of a lead; _embedded.tags replaces the whole set, values: [] empties a custom field. */
export type LeadPatch = Partial<
  Pick<
    Lead,
    "name" | "status_id" | "pipeline_id" | "responsible_user_id" | "custom_fields_values" | "_embedded"
  >
> & {
  /** In major units, with cents. */
  price?: number;
};

export const updateLead = (id: number, patch: LeadPatch) =>
  request<unknown>("PATCH", `/api/v4/leads/${id}`, { body: patch });

export const leadFields = async () =>
  (await list<CustomField>("/api/v4/leads/custom_fields", "custom_fields")).items.sort(
    (a, b) => a.sort - b.sort,
  );

export const leadTags = async () =>
  (await list<Tag>("/api/v4/leads/tags", "tags", { query: { limit: 250 } })).items;

export const leadNotes = async (id: number) =>
  (await list<Note>(`/api/v4/leads/${id}/notes`, "notes", { query: { limit: 100, "order[id]": "desc" } }))
    .items;

export const addNote = (id: number, text: string) =>
  post<unknown>(`/api/v4/leads/${id}/notes`, [{ note_type: "common", params: { text } }]);

export const leadFeed = async (id: number) =>
  (
    await list<FeedEvent>("/api/v4/events", "events", {
      query: { "filter[entity]": "lead", "filter[entity_id]": id, limit: 100 },
    })
  ).items;

export const takeOver = (id: number) => post<unknown>(`/api/v4/leads/${id}/take_over`, {});
export const handBack = (id: number) => post<unknown>(`/api/v4/leads/${id}/hand_back`);
