import { list, post, request } from "./request";
import type { Task } from "./types";

export const leadTasks = async (lead: number) =>
  (
    await list<Task>("/api/v4/tasks", "tasks", {
      query: { "filter[entity_type]": "leads", "filter[entity_id][]": lead, limit: 100 },
    })
  ).items;

export const addTask = (lead: number, text: string, completeTill: number) =>
  post<unknown>("/api/v4/tasks", [
    { text, complete_till: completeTill, entity_id: lead, entity_type: "leads", task_type_id: 1 },
  ]);

export const completeTask = (id: number, result: string) =>
  request<unknown>("PATCH", `/api/v4/tasks/${id}`, {
    body: { is_completed: true, ...(result ? { result: { text: result } } : {}) },
  });
