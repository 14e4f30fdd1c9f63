import type { CustomField, FieldValue, Lead } from "../api/types";

/** A custom field's values on a lead; empty if it has none. */
export function valuesOf(lead: Lead, field: number): FieldValue[] {
  return lead.custom_fields_values?.find((one) => one.field_id === field)?.values ?? [];
}

/** The part of a PATCH that sets one field; an empty value clears it. */
export function patchOf(field: number, values: FieldValue[]) {
  return { custom_fields_values: [{ field_id: field, values }] };
}

/** Choices are sent by the id of their enum, which stays when somebody renames the choice. */
export function choices(field: CustomField, picked: string[]): FieldValue[] {
  return (field.enums ?? [])
    .filter((one) => picked.includes(String(one.id)))
    .map((one) => ({ value: one.value, enum_id: one.id }));
}

/** Which choices are picked, as the ids of their enums. */
export function picked(field: CustomField, values: FieldValue[]): string[] {
  return values
    .map((one) => one.enum_id ?? field.enums?.find((choice) => choice.value === one.value)?.id)
    .filter((id) => id !== undefined)
    .map(String);
}

/** Unix seconds for a date input ("2026-05-01" or "2026-05-01T10:30"), in the viewer's time zone. */
export function toInputDate(value: unknown, withTime: boolean): string {
  const at = typeof value === "number" ? new Date(value * 1000) : new Date(String(value));
  if (Number.isNaN(at.getTime())) return "";
  const two = (part: number) => String(part).padStart(2, "0");
  const date = `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
  return withTime ? `${date}T${two(at.getHours())}:${two(at.getMinutes())}` : date;
}

/** The reverse: what a date input holds, as Unix seconds. */
export function fromInputDate(text: string): number | undefined {
  if (!text) return undefined;
  const at = new Date(text.includes("T") ? text : `${text}T00:00`);
  return Number.isNaN(at.getTime()) ? undefined : Math.floor(at.getTime() / 1000);
}
