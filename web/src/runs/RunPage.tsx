import { ScrollArea, Tabs } from "@mantine/core";
import { useMediaQuery } from "@mantine/hooks";
import { queryOptions, useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { useMemo, useState } from "react";
import { keys } from "../api/keys";
import { getRun } from "../api/runs";
import type { Run } from "../api/types";
import { usePageTitle } from "../app/title";
import { LazyCanvas } from "../steps/LazyCanvas";
import { isAlive } from "../ui/RunStatus";
import { Async, Empty } from "../ui/States";
import classes from "./Run.module.css";
import { RunHeader } from "./RunHeader";
import { RunTimeline } from "./RunTimeline";
import { traceMarks } from "./trace";

const route = getRouteApi("/shell/runs/$id");

const runQuery = (id: number) =>
  queryOptions({
    queryKey: keys.run(id),
    queryFn: async () => (await getRun(id)) ?? null,
    // The live stream tells of changes; this is for a stream that a proxy holds back.
    refetchInterval: ({ state }) => (state.data && isAlive(state.data.status) ? 20_000 : false),
  });

export function RunPage() {
  const { id } = route.useParams();
  const query = useQuery(runQuery(id));
  usePageTitle(query.data?.bot_name ? `Run ${id} of ${query.data.bot_name}` : `Run ${id}`);
  return (
    <Async
      query={query}
      empty={
        <Empty page title="There is no such run">
          It may have been deleted with its lead.
        </Empty>
      }
    >
      {(run) => <RunView key={run.id} run={run} />}
    </Async>
  );
}

function RunView({ run }: { run: Run }) {
  const narrow = useMediaQuery("(max-width: 62em)", undefined, { getInitialValueInEffect: false });
  const [selected, select] = useState<string>();
  const timeline = <RunTimeline run={run} selected={selected} onSelect={select} />;
  const canvas = <RunCanvas run={run} selected={selected} onSelect={select} />;
  return (
    <div className={classes.page}>
      <RunHeader run={run} />
      {narrow ? (
        <Tabs defaultValue="trace" keepMounted={false} className={classes.tabs}>
          <Tabs.List grow>
            <Tabs.Tab value="trace">Trace</Tabs.Tab>
            <Tabs.Tab value="canvas">Canvas</Tabs.Tab>
          </Tabs.List>
          <Tabs.Panel value="trace" className={classes.scroll}>
            {timeline}
          </Tabs.Panel>
          <Tabs.Panel value="canvas" className={classes.canvas}>
            {canvas}
          </Tabs.Panel>
        </Tabs>
      ) : (
        <div className={classes.wide}>
          <ScrollArea className={classes.trace}>{timeline}</ScrollArea>
          <div className={classes.canvas}>{canvas}</div>
        </div>
      )}
    </div>
  );
}

interface Part {
  run: Run;
  selected: string | undefined;
  onSelect: (step: string) => void;
}

function RunCanvas({ run, selected, onSelect }: Part) {
  const document = run._embedded?.document;
  const visits = run._embedded?.visits;
  const marks = useMemo(
    () => (document ? traceMarks(document, visits ?? []) : undefined),
    [document, visits],
  );
  if (!document) return <Empty title="This run's version is not available" />;
  return (
    <LazyCanvas
      document={document}
      marks={marks}
      selected={selected}
      onSelect={onSelect}
      label="The run's path"
    />
  );
}
