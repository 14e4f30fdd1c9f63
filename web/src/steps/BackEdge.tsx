import { BaseEdge, type Edge, type EdgeProps, getSmoothStepPath } from "@xyflow/react";

export type BackFlowEdge = Edge<{ below: number }, "back">;

/** An edge to an earlier step: it runs below both steps instead of through them. */
export function BackEdge({ id, data, markerEnd, ...ends }: EdgeProps<BackFlowEdge>) {
  const { sourceX, sourceY, targetX, targetY, sourcePosition, targetPosition } = ends;
  const [path] = getSmoothStepPath({
    sourceX,
    sourceY,
    targetX,
    targetY,
    sourcePosition,
    targetPosition,
    centerY: data?.below,
    borderRadius: 12,
  });
  return <BaseEdge id={id} path={path} markerEnd={markerEnd} />;
}
