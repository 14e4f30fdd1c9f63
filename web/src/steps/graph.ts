import type { BotDocument, Step } from "../api/types";

export interface Edge {
  from: string;
  exit: string;
  to: string;
}

export const edgeId = ({ from, exit, to }: Edge) => `${from}|${exit}|${to}`;

/** Where a step leads to: its exits, and for a jump the step that its configuration names. */
export function exitsOf(step: Step): [string, string][] {
  const exits = Object.entries(step.exits ?? {});
  const jump = step.kind === "goto" ? step.config?.step : undefined;
  if (typeof jump === "string" && jump) exits.push(["next", jump]);
  return exits;
}

/** The document's edges; an exit to a step that does not exist is lint's business, not the canvas's. */
export function edgesOf(document: BotDocument): Edge[] {
  const known = new Set(document.steps.map((step) => step.id));
  return document.steps.flatMap((step) =>
    exitsOf(step)
      .filter(([, to]) => known.has(to))
      .map(([exit, to]) => ({ from: step.id, exit, to })),
  );
}

/** How people read an exit: by the title of the button, branch, rule or wait that it belongs to, or by its own name. */
export function exitLabel(step: Step | undefined, exit: string): string {
  const [group = "", id] = exit.split(/:(.*)/s);
  if (id === undefined) return exit.replaceAll("_", " ");
  const part = partsOf(step, group).find((one) => one.id === id);
  return part?.text || part?.title || part?.on?.replaceAll("_", " ") || id;
}

interface Part {
  id?: string;
  text?: string;
  title?: string;
  on?: string;
}

/** Which list of a step's configuration the exits of a group come from. */
const lists: Record<string, string> = { button: "buttons", branch: "branches", rule: "rules", wait: "waits" };

function partsOf(step: Step | undefined, group: string): Part[] {
  const parts = step?.config?.[lists[group] ?? ""];
  return Array.isArray(parts) ? parts : [];
}

/** The exits that a step has by its configuration: one a button, branch, rule or wait. */
export function ownExits(step: Step): string[] {
  return Object.keys(lists).flatMap((group) =>
    partsOf(step, group)
      .filter((part) => part.id)
      .map((part) => `${group}:${part.id}`),
  );
}

const MAX_SUMMARY = 90;

/** What a step does, in a line: the first words of its configuration that a person would recognise. */
export function summary(step: Step): string {
  const config = step.config ?? {};
  const found = ["text", "prompt", "value", "stage", "stage_id", "url", "step"]
    .map((key) => config[key])
    .find(isWord);
  const line = found ?? Object.values(config).find(isWord) ?? "";
  const text = String(line).replaceAll(/\s+/g, " ");
  return text.length > MAX_SUMMARY ? `${text.slice(0, MAX_SUMMARY - 1)}…` : text;
}

const isWord = (value: unknown) => (typeof value === "string" && value !== "") || typeof value === "number";

/** Reads what an editor holds, if it has the shape of a document; a canvas must not fall over a half-typed one. */
export function asDocument(value: unknown): BotDocument | undefined {
  const found = value as Partial<BotDocument> | null;
  if (typeof found !== "object" || found === null || !Array.isArray(found.steps)) return undefined;
  const steps = found.steps.filter(
    (step): step is Step => typeof step === "object" && step !== null && typeof step.id === "string",
  );
  return { ...found, schema: found.schema ?? 1, name: found.name ?? "", start: found.start ?? "", steps };
}
