import { ActionIcon, Group, Select, Title } from "@mantine/core";
import { IconArrowLeft } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import type { Lead } from "../api/types";
import { usePipeline } from "../board/queries";
import classes from "./Lead.module.css";
import { useEdit } from "./useEdit";

export function LeadHeader({ lead }: { lead: Lead }) {
  const { pipeline } = usePipeline(lead.pipeline_id);
  return (
    <Group className={classes.header} wrap="nowrap" gap="sm">
      <ActionIcon
        variant="subtle"
        color="gray"
        size="lg"
        aria-label="Back to the board"
        renderRoot={(props) => <Link to="/pipelines/$id" params={{ id: lead.pipeline_id }} {...props} />}
      >
        <IconArrowLeft size={20} />
      </ActionIcon>
      <Title order={1} size="h4" className={classes.name}>
        {lead.name || `Lead ${lead.id}`}
      </Title>
      <StageSelect lead={lead} stages={pipeline?._embedded.statuses ?? []} />
    </Group>
  );
}

function StageSelect({
  lead,
  stages,
}: {
  lead: Lead;
  stages: { id: number; name: string; color: string }[];
}) {
  const patch = (status_id: number) => ({ status_id, pipeline_id: lead.pipeline_id });
  const { value, save, error } = useEdit(lead.id, lead.status_id, patch, "status_id");
  const color = stages.find((stage) => stage.id === value)?.color;
  return (
    <Select
      aria-label="Stage"
      className={classes.stage}
      allowDeselect={false}
      data={stages.map((stage) => ({ value: String(stage.id), label: stage.name }))}
      value={String(value)}
      leftSection={<span className={classes.dot} style={{ background: color }} />}
      error={error}
      onChange={(chosen) => chosen && save(Number(chosen))}
    />
  );
}
