import { Badge } from "@mantine/core";
import { Handle, type Node, type NodeProps, Position } from "@xyflow/react";
import { memo } from "react";
import type { Step } from "../api/types";
import { words } from "../ui/format";
import { exitLabel, exitsOf, summary } from "./graph";
import { KindIcon, kindColor } from "./kinds";
import classes from "./StepNode.module.css";

export type StepFlowNode = Node<
  {
    step: Step;
    start: boolean;
    visits: number;
    /** A run is drawn here, so steps without visits fade. */
    traced: boolean;
    current: boolean;
    broken: boolean;
  },
  "step"
>;

export const StepNode = memo(function StepNode({ data, selected }: NodeProps<StepFlowNode>) {
  const { step, start, visits, traced, current, broken } = data;
  return (
    <div
      className={classes.node}
      data-visited={visits > 0 || undefined}
      data-faded={(traced && visits === 0) || undefined}
      data-current={current || undefined}
      data-broken={broken || undefined}
      data-selected={selected || undefined}
    >
      <Handle type="target" position={Position.Left} className={classes.target} isConnectable={false} />
      <div className={classes.head}>
        <KindIcon kind={step.kind} />
        <span className={classes.title}>{step.title || step.id}</span>
        {start && (
          <Badge size="xs" variant="light" color="teal">
            start
          </Badge>
        )}
        {visits > 1 && (
          <Badge size="xs" circle aria-label={`visited ${visits} times`}>
            {visits}
          </Badge>
        )}
        {current && (
          <Badge size="xs" color="orange">
            now
          </Badge>
        )}
      </div>
      <div className={classes.summary}>
        <span style={{ color: kindColor(step.kind) }}>{words(step.kind)}</span> {summary(step)}
      </div>
      <Exits step={step} />
    </div>
  );
});

function Exits({ step }: { step: Step }) {
  const exits = exitsOf(step);
  if (exits.length === 0) return <div className={classes.exit}>ends here</div>;
  return exits.map(([exit]) => (
    <div key={exit} className={classes.exit}>
      <span>{exitLabel(step, exit)}</span>
      <Handle
        id={exit}
        type="source"
        position={Position.Right}
        className={classes.source}
        isConnectable={false}
      />
    </div>
  ));
}
