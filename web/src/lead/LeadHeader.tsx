import { ActionIcon, Group, Select, Title } from "@mantine/core";
import { IconArrowLeft } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import { describe } from "../api/problem";
import type { Lead } from "../api/types";
import { usePipeline } from "../board/queries";
import { notifyError } from "../ui/notify";
import classes from "./Lead.module.css";
import { useUpdateLead } from "./queries";

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
  const update = useUpdateLead(lead.id);
  const shown = update.isPending ? (update.variables.status_id ?? lead.status_id) : lead.status_id;
  const color = stages.find((stage) => stage.id === shown)?.color;
  return (
    <Select
      aria-label="Stage"
      className={classes.stage}
      allowDeselect={false}
      data={stages.map((stage) => ({ value: String(stage.id), label: stage.name }))}
      value={String(shown)}
      leftSection={<span className={classes.dot} style={{ background: color }} />}
      error={update.error ? describe(update.error).detail : undefined}
      onChange={(value) =>
        value &&
        update.mutate({ status_id: Number(value), pipeline_id: lead.pipeline_id }, { onError: notifyError })
      }
    />
  );
}
