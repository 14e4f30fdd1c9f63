import { ActionIcon, Button, Group, Select, Text, TextInput, Title } from "@mantine/core";
import { useDebouncedCallback } from "@mantine/hooks";
import { IconPlus, IconSearch } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { lazy, Suspense, useState } from "react";
import type { Pipeline, StatusTotal } from "../api/types";
import { useAccount } from "../app/me";
import { money } from "../ui/format";
import classes from "./Board.module.css";
import { pipelinesQuery } from "./queries";

const NewLead = lazy(() => import("./NewLead").then((module) => ({ default: module.NewLead })));

interface Props {
  pipeline: Pipeline;
  search: string;
  totals: StatusTotal[] | undefined;
}

export function BoardHeader({ pipeline, search, totals }: Props) {
  const navigate = useNavigate();
  const [text, setText] = useState(search);
  // Undefined until it is wanted for the first time: then its form is loaded.
  const [adding, setAdding] = useState<boolean>();
  const find = useDebouncedCallback((value: string) => {
    void navigate({
      to: "/pipelines/$id",
      params: { id: pipeline.id },
      search: { q: value.trim() || undefined },
      replace: true,
    });
  }, 300);
  return (
    <Group className={classes.header} gap="sm" wrap="nowrap">
      <Title order={1} className={classes.hidden}>
        {pipeline.name}
      </Title>
      <PipelineSwitch pipeline={pipeline} />
      <TextInput
        className={classes.find}
        aria-label="Search in this pipeline"
        placeholder="Search in this pipeline"
        leftSection={<IconSearch size={16} />}
        value={text}
        onChange={(event) => {
          setText(event.currentTarget.value);
          find(event.currentTarget.value);
        }}
      />
      <Totals totals={totals} />
      <Button ml="auto" visibleFrom="sm" leftSection={<IconPlus size={16} />} onClick={() => setAdding(true)}>
        New lead
      </Button>
      <ActionIcon hiddenFrom="sm" size={36} aria-label="New lead" onClick={() => setAdding(true)}>
        <IconPlus size={18} />
      </ActionIcon>
      <Suspense>
        {adding !== undefined && (
          <NewLead pipeline={pipeline} opened={adding} onClose={() => setAdding(false)} />
        )}
      </Suspense>
    </Group>
  );
}

function PipelineSwitch({ pipeline }: { pipeline: Pipeline }) {
  const navigate = useNavigate();
  const pipelines = useQuery(pipelinesQuery).data ?? [];
  return (
    <Select
      className={classes.switch}
      aria-label="Pipeline"
      allowDeselect={false}
      data={pipelines.map(({ id, name }) => ({ value: String(id), label: name }))}
      value={String(pipeline.id)}
      onChange={(value) => void navigate({ to: "/pipelines/$id", params: { id: Number(value) } })}
    />
  );
}

function Totals({ totals }: { totals: StatusTotal[] | undefined }) {
  const currency = useAccount()?.currency;
  if (!totals) return null;
  const count = totals.reduce((all, total) => all + total.count, 0);
  const sum = totals.reduce((all, total) => all + total.sum, 0);
  return (
    <Text size="sm" c="dimmed" visibleFrom="sm">
      {count} {count === 1 ? "lead" : "leads"} · {money(sum, currency)}
    </Text>
  );
}
