import {
  Button,
  ColorInput,
  Group,
  PasswordInput,
  Select,
  Stack,
  Switch,
  Textarea,
  TextInput,
} from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { type ChannelInput, createChannel, updateChannel } from "../api/channels";
import { keys } from "../api/keys";
import { fieldError } from "../api/problem";
import type { Channel } from "../api/types";
import { pipelinesQuery } from "../board/queries";
import { words } from "../ui/format";
import { notifyDone, notifyError } from "../ui/notify";
import { Failed } from "../ui/States";
import { parseOrigins } from "./embed";

interface Props {
  channel: Channel;
  onDone: () => void;
}

/** A channel's settings; one with the id 0 is new. */
export function ChannelForm({ channel, onDone }: Props) {
  const client = useQueryClient();
  const pipelines = useQuery(pipelinesQuery).data ?? [];
  const [name, setName] = useState(channel.name);
  const [active, setActive] = useState(channel.is_active);
  const [pipeline, setPipeline] = useState(channel.pipeline_id ? String(channel.pipeline_id) : null);
  const [settings, setSettings] = useState<Record<string, unknown>>(channel.settings ?? {});
  const [secrets, setSecrets] = useState<Record<string, string>>({});
  const save = useMutation({
    mutationFn: (input: ChannelInput) =>
      channel.id ? updateChannel(channel.id, input) : createChannel(input),
    meta: { quiet: true },
    onSuccess: async (saved) => {
      await client.invalidateQueries({ queryKey: keys.channels });
      // It is saved, but switched off, because its provider refused it.
      if (saved.connect_error) notifyError(new Error(saved.connect_error));
      else notifyDone("The channel was saved");
      onDone();
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const filled = Object.fromEntries(Object.entries(secrets).filter(([, value]) => value));
    save.mutate({
      kind: channel.kind,
      name: name.trim(),
      is_active: active,
      pipeline_id: Number(pipeline) || 0,
      settings,
      ...(Object.keys(filled).length > 0 ? { secrets: filled } : {}),
    });
  };
  const set = (key: string, value: unknown) => setSettings((all) => ({ ...all, [key]: value }));
  return (
    <form onSubmit={submit}>
      <Stack>
        <TextInput
          label="Name"
          description="Only your team sees it"
          required
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
          error={fieldError(save.error, "name")}
        />
        <Select
          label="Pipeline for new leads"
          placeholder="Makes no leads"
          clearable
          data={pipelines.map(({ id, name }) => ({ value: String(id), label: name }))}
          value={pipeline}
          onChange={setPipeline}
          error={fieldError(save.error, "pipeline_id")}
        />
        {channel.kind === "livechat" && <LiveChatFields settings={settings} set={set} error={save.error} />}
        {channel.kind === "telegram" && (
          <PasswordInput
            label="Bot token"
            description={
              channel.id
                ? "It is kept encrypted and never shown. Leave this empty to keep the one we have."
                : "From @BotFather. It is kept encrypted and never shown again."
            }
            required={!channel.id}
            autoComplete="off"
            value={secrets.token ?? ""}
            onChange={(event) => setSecrets({ token: event.currentTarget.value })}
            error={fieldError(save.error, "secrets.token")}
          />
        )}
        <Switch
          label="Active"
          checked={active}
          onChange={(event) => setActive(event.currentTarget.checked)}
        />
        {save.error && <Failed error={save.error} />}
        <Group justify="flex-end">
          <Button variant="default" onClick={onDone}>
            Cancel
          </Button>
          <Button type="submit" loading={save.isPending}>
            Save
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

interface LiveChatProps {
  settings: Record<string, unknown>;
  set: (key: string, value: unknown) => void;
  error: unknown;
}

function LiveChatFields({ settings, set, error }: LiveChatProps) {
  const [origins, setOrigins] = useState(() =>
    ((settings.allowed_origins as string[] | undefined) ?? []).join("\n"),
  );
  const text = (key: string) => String(settings[key] ?? "");
  return (
    <>
      <TextInput
        label="Title"
        description="Stands at the top of the chat"
        value={text("title")}
        onChange={(event) => set("title", event.currentTarget.value)}
        error={fieldError(error, "settings.title")}
      />
      <TextInput
        label="Subtitle"
        value={text("subtitle")}
        onChange={(event) => set("subtitle", event.currentTarget.value)}
        error={fieldError(error, "settings.subtitle")}
      />
      <Textarea
        label="Greeting"
        description="Shown before the visitor has written anything"
        autosize
        maxRows={4}
        value={text("greeting")}
        onChange={(event) => set("greeting", event.currentTarget.value)}
        error={fieldError(error, "settings.greeting")}
      />
      <ColorInput
        label="Colour"
        eyeDropperButtonProps={{ "aria-label": "Take a colour from the screen" }}
        swatches={["#4263eb", "#1098ad", "#2f9e44", "#e8590c", "#c2255c", "#7048e8", "#212529"]}
        value={text("colour")}
        onChange={(value) => set("colour", value)}
        error={fieldError(error, "settings.colour")}
      />
      <Group grow align="start">
        <Choice label="Side" name="position" options={["right", "left"]} {...{ settings, set, error }} />
        <Choice
          label="Colours"
          name="theme"
          options={["auto", "light", "dark"]}
          {...{ settings, set, error }}
        />
      </Group>
      <Textarea
        label="Allowed origins"
        description="The sites on which the chat may stand, one a line, such as https://example.com or https://*.example.com. Empty allows every site."
        autosize
        minRows={2}
        value={origins}
        onChange={(event) => {
          setOrigins(event.currentTarget.value);
          set("allowed_origins", parseOrigins(event.currentTarget.value));
        }}
        error={fieldError(error, "settings.allowed_origins")}
      />
    </>
  );
}

interface ChoiceProps extends LiveChatProps {
  label: string;
  name: string;
  options: string[];
}

/** One of a few words; the first is what the server takes if none is chosen. */
function Choice({ label, name, options, settings, set, error }: ChoiceProps) {
  return (
    <Select
      label={label}
      allowDeselect={false}
      data={options.map((value) => ({ value, label: words(value) }))}
      value={String(settings[name] ?? options[0])}
      onChange={(value) => set(name, value)}
      error={fieldError(error, `settings.${name}`)}
    />
  );
}
