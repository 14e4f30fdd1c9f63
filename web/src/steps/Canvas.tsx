import "@xyflow/react/dist/style.css";

import { useComputedColorScheme } from "@mantine/core";
import {
  Background,
  Controls,
  type Edge as FlowEdge,
  MarkerType,
  MiniMap,
  ReactFlow,
  type ReactFlowInstance,
  ReactFlowProvider,
  useReactFlow,
} from "@xyflow/react";
import { useEffect, useMemo } from "react";
import type { BotDocument, Position } from "../api/types";
import classes from "./Canvas.module.css";
import { edgeId, edgesOf } from "./graph";
import { NODE_WIDTH, nodeHeight, places } from "./layout";
import { type StepFlowNode, StepNode } from "./StepNode";

/** What to mark on the canvas. */
export interface Marks {
  /** How often each step was visited. */
  visits?: Map<string, number>;
  /** The edges that were taken, by edgeId. */
  taken?: Set<string>;
  current?: string;
  /** The steps that lint complains about. */
  errors?: Set<string>;
}

interface Props {
  document: BotDocument;
  marks?: Marks;
  selected?: string;
  onSelect?: (step: string) => void;
  label: string;
}

const nodeTypes = { step: StepNode };

/** A bot's graph, to look at: pan, zoom, walk with Tab, choose a step. */
export function Canvas(props: Props) {
  return (
    <ReactFlowProvider>
      <Flow {...props} />
    </ReactFlowProvider>
  );
}

function Flow({ document, marks = {}, selected, onSelect, label }: Props) {
  const scheme = useComputedColorScheme("light");
  const at = useMemo(() => places(document), [document]);
  const nodes = useNodes(document, at, marks, selected);
  const edges = useEdges(document, at, marks);
  useFollow(selected);
  return (
    <div className={classes.canvas}>
      <ReactFlow<StepFlowNode, FlowEdge>
        aria-label={label}
        nodes={nodes}
        edges={edges}
        nodeTypes={nodeTypes}
        colorMode={scheme}
        nodesDraggable={false}
        nodesConnectable={false}
        edgesFocusable={false}
        deleteKeyCode={null}
        minZoom={0.15}
        maxZoom={1.5}
        onInit={(flow) => look(flow, marks.current ?? document.start)}
        onNodeClick={(_event, node) => onSelect?.(node.id)}
        onSelectionChange={({ nodes: [node] }) => node && node.id !== selected && onSelect?.(node.id)}
      >
        <Background />
        <Controls showInteractive={false} />
        {document.steps.length > 6 && <MiniMap pannable zoomable />}
      </ReactFlow>
    </div>
  );
}

function useNodes(
  document: BotDocument,
  at: Record<string, Position>,
  marks: Marks,
  selected: string | undefined,
): StepFlowNode[] {
  return useMemo(
    () =>
      document.steps.map((step) => ({
        id: step.id,
        type: "step" as const,
        position: at[step.id] ?? { x: 0, y: 0 },
        width: NODE_WIDTH,
        height: nodeHeight(step),
        selected: step.id === selected,
        ariaLabel: `${step.title || step.id}, ${step.kind}`,
        data: {
          step,
          start: step.id === document.start,
          visits: marks.visits?.get(step.id) ?? 0,
          traced: marks.visits !== undefined,
          current: step.id === marks.current,
          broken: marks.errors?.has(step.id) ?? false,
        },
      })),
    [document, at, marks, selected],
  );
}

function useEdges(document: BotDocument, at: Record<string, Position>, marks: Marks): FlowEdge[] {
  return useMemo(
    () =>
      edgesOf(document).map((edge) => {
        const taken = marks.taken?.has(edgeId(edge));
        return {
          id: edgeId(edge),
          source: edge.from,
          sourceHandle: edge.exit,
          target: edge.to,
          className: taken ? classes.taken : marks.taken ? classes.untaken : undefined,
          zIndex: taken ? 1 : 0,
          // A way back goes around the steps instead of through them.
          type: (at[edge.to]?.x ?? 0) <= (at[edge.from]?.x ?? 0) ? "smoothstep" : "default",
          markerEnd: { type: MarkerType.ArrowClosed, width: 16, height: 16 },
        };
      }),
    [document, at, marks],
  );
}

/** Below this zoom a step's words can't be read. */
const READABLE = 0.55;

/** Shows the whole bot if it can be read then, and else the step that matters and what stands around it. */
function look(flow: ReactFlowInstance<StepFlowNode, FlowEdge>, step: string) {
  void flow.fitView({ maxZoom: 1, padding: 0.1 }).then(() => {
    const node = flow.getNode(step);
    if (flow.getZoom() >= READABLE || !node) return;
    void flow.fitView({ nodes: [node], minZoom: 0.8, maxZoom: 0.8 });
  });
}

/** Brings the chosen step into the middle. */
function useFollow(selected: string | undefined) {
  const flow = useReactFlow();
  useEffect(() => {
    const node = selected ? flow.getNode(selected) : undefined;
    if (!node) return;
    const x = node.position.x + NODE_WIDTH / 2;
    const y = node.position.y + (node.height ?? 0) / 2;
    void flow.setCenter(x, y, { zoom: Math.max(flow.getZoom(), 0.7), duration: 250 });
  }, [selected, flow]);
}
