import type { CustomActivity } from "../api/types";
import type { Schema } from "./schema";

/** What the editor needs to know of a registered activity. */
export type Registered = Pick<CustomActivity, "name" | "title" | "input_schema">;

/** The catalogue with the account's custom activities in it: their names, and what each takes. */
export function withActivities(schema: Schema, activities: Registered[]): Schema {
  const kind = schema.$defs?.activity;
  if (!kind || activities.length === 0) return schema;
  const name = { ...kind.properties?.name, enum: activities.map((one) => one.name) };
  const takes = activities.map((one) => ({
    if: { properties: { name: { const: one.name } } },
    // biome-ignore lint/suspicious/noThenProperty: it is JSON Schema's word
    then: { properties: { input: one.input_schema as Schema } },
  }));
  const activity = {
    ...kind,
    properties: { ...kind.properties, name },
    allOf: [...(kind.allOf ?? []), ...takes],
  };
  return { ...schema, $defs: { ...schema.$defs, activity } };
}
