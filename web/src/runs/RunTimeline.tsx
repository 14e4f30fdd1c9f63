import { Badge, Blockquote, Group, Text, Timeline, UnstyledButton } from "@mantine/core";
import type { Run, Step, Visit } from "../api/types";
import { exitLabel } from "../steps/graph";
import { KindIcon } from "../steps/kinds";
import { dateTime, duration, words } from "../ui/format";
import { Empty } from "../ui/States";
import { useNow } from "../ui/useNow";
import classes from "./Run.module.css";
import { visitDuration } from "./trace";

interface Props {
  run: Run;
  selected: string | undefined;
  onSelect: (step: string) => void;
}

/** Every step visit in order: when, how long, what the client said, and the exit by which it went on. */
export function RunTimeline({ run, selected, onSelect }: Props) {
  const document = run._embedded?.document;
  const visits = run._embedded?.visits ?? [];
  if (visits.length === 0) return <Empty title="No step yet">The run has not reached its first step.</Empty>;
  return (
    <Timeline bulletSize={28} lineWidth={2} active={-1} m="md">
      {visits.map((visit) => (
        <Timeline.Item key={visit.number} bullet={<KindIcon kind={visit.kind} size={15} />}>
          <VisitView
            visit={visit}
            step={document?.steps.find((step) => step.id === visit.step)}
            selected={visit.step === selected}
            onSelect={() => onSelect(visit.step)}
          />
        </Timeline.Item>
      ))}
    </Timeline>
  );
}

interface VisitProps {
  visit: Visit;
  step: Step | undefined;
  selected: boolean;
  onSelect: () => void;
}

function VisitView({ visit, step, selected, onSelect }: VisitProps) {
  const now = useNow();
  const took = duration(visitDuration(visit, now * 1000));
  return (
    <div className={classes.visit} data-selected={selected || undefined}>
      <UnstyledButton onClick={onSelect} className={classes.step} title="Show on the canvas">
        <Text fw={600} size="sm" span>
          {step?.title || visit.step}
        </Text>{" "}
        <Text size="xs" c="dimmed" span>
          {words(visit.kind)}
        </Text>
      </UnstyledButton>
      <Text size="xs" c="dimmed">
        {dateTime(Math.floor(visit.at_ms / 1000))} · {visit.left_at_ms ? took : `here for ${took}`}
      </Text>
      {visit.got?.map((heard) => (
        <Blockquote key={heard.message_id} p="xs" my={6} color="indigo" className={classes.heard}>
          {heard.text || "(a file)"}
        </Blockquote>
      ))}
      {visit.notes?.map((note) => (
        <Text key={note} size="xs" className={classes.note}>
          {note}
        </Text>
      ))}
      {visit.exit && (
        <Group gap={4} mt={2}>
          <Text size="xs" c="dimmed">
            left by
          </Text>
          <Badge size="sm" variant="light" tt="none" color={visit.exit === "failed" ? "red" : "teal"}>
            {exitLabel(step, visit.exit)}
          </Badge>
        </Group>
      )}
    </div>
  );
}
