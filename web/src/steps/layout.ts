import { graphlib, layout } from "@dagrejs/dagre";
import type { BotDocument, Position, Step } from "../api/types";
import { edgesOf, exitsOf } from "./graph";

export const NODE_WIDTH = 230;

/** The height of a step's node in pixels, as StepNode.module.css draws it. */
export function nodeHeight(step: Step): number {
  return 74 + 24 * Math.max(exitsOf(step).length, 1);
}

/** Where each step stands: where the author put it, or, if some step has no place, as a tidy graph from left to right. */
export function places(document: BotDocument): Record<string, Position> {
  const given = document.layout ?? {};
  if (document.steps.every((step) => given[step.id])) return given;
  return arrange(document);
}

function arrange(document: BotDocument): Record<string, Position> {
  const graph = new graphlib.Graph({ multigraph: true });
  graph.setGraph({ rankdir: "LR", nodesep: 30, ranksep: 70 });
  graph.setDefaultEdgeLabel(() => ({}));
  for (const step of document.steps) graph.setNode(step.id, { width: NODE_WIDTH, height: nodeHeight(step) });
  for (const { from, to, exit } of edgesOf(document)) graph.setEdge(from, to, {}, exit);
  layout(graph);
  return Object.fromEntries(
    document.steps.map((step) => {
      const { x, y } = graph.node(step.id);
      // dagre answers the middle; the canvas wants the corner.
      return [step.id, { x: x - NODE_WIDTH / 2, y: y - nodeHeight(step) / 2 }];
    }),
  );
}
