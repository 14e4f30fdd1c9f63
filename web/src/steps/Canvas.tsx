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
import { useEffect, useMemo, useRef } from "react";
import type { BotDocument, Position, Step } from "../api/types";
import { BackEdge } from "./BackEdge";
import classes from "./Canvas.module.css";
import { type Edge, edgeId, edgesOf } from "./graph";
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
const edgeTypes = { back: BackEdge };

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
  const box = useRef<HTMLDivElement>(null);
  const at = useMemo(() => places(document), [document]);
  const nodes = useNodes(document, at, marks, selected);
  const edges = useEdges(document, at, marks);
  useFollow(selected);
  return (
    <div className={classes.canvas} ref={box}>
      <ReactFlow<StepFlowNode, FlowEdge>
        aria-label={label}
        nodes={nodes}
        edges={edges}
        nodeTypes={nodeTypes}
        edgeTypes={edgeTypes}
        colorMode={scheme}
        nodesDraggable={false}
        nodesConnectable={false}
        edgesFocusable={false}
        deleteKeyCode={null}
        minZoom={0.15}
        maxZoom={1.5}
        onInit={(flow) => look(flow, document.start, marks.current, box.current?.clientWidth ?? 0)}
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
        const color = taken ? "var(--mantine-color-teal-6)" : "var(--mantine-color-gray-5)";
        return {
          id: edgeId(edge),
          source: edge.from,
          sourceHandle: edge.exit,
          target: edge.to,
          className: taken ? classes.taken : marks.taken ? classes.untaken : undefined,
          zIndex: taken ? 1 : 0,
          markerEnd: {
            type: MarkerType.ArrowClosed,
            width: 18,
            height: 18,
            markerUnits: "userSpaceOnUse",
            color,
          },
          ...wayBack(document, at, edge),
        };
      }),
    [document, at, marks],
  );
}

/** The room between a step and an edge that runs below it. */
const BELOW = 24;

function wayBack(document: BotDocument, at: Record<string, Position>, { from, to }: Edge) {
  const [source, target] = [at[from], at[to]];
  if (!source || !target || target.x > source.x) return {};
  const between = ({ id }: Step) => (at[id]?.x ?? 0) >= target.x && (at[id]?.x ?? 0) <= source.x;
  const bottoms = document.steps.filter(between).map((step) => (at[step.id]?.y ?? 0) + nodeHeight(step));
  return { type: "back", data: { below: Math.max(...bottoms) + BELOW } };
}

/** Below this zoom a step's words can't be read. */
const READABLE = 0.55;

/** At which zoom a large bot is shown at first, and how far from the edge its start stands, in pixels. */
const CLOSE = 0.8;
const MARGIN = 60;

/** Shows the whole bot if it can be read then; else where the run stands, or the start with what follows it. */
function look(
  flow: ReactFlowInstance<StepFlowNode, FlowEdge>,
  start: string,
  current: string | undefined,
  width: number,
) {
  void flow.fitView({ maxZoom: 1, padding: 0.1 }).then(() => {
    const node = flow.getNode(current ?? start);
    if (flow.getZoom() >= READABLE || !node) return;
    const x = node.position.x + (current ? NODE_WIDTH / 2 : (width / 2 - MARGIN) / CLOSE);
    void flow.setCenter(x, node.position.y + (node.height ?? 0) / 2, { zoom: CLOSE });
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
