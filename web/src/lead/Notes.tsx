import { Button, Group, Stack, Text, Textarea } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { keys } from "../api/keys";
import { addNote } from "../api/leads";
import { fieldError } from "../api/problem";
import { useUserName } from "../app/me";
import { words } from "../ui/format";
import { Async, Failed } from "../ui/States";
import { Ago } from "../ui/Time";
import classes from "./Lead.module.css";
import { notesQuery } from "./queries";

export function Notes({ lead }: { lead: number }) {
  const query = useQuery(notesQuery(lead));
  const userName = useUserName();
  const nothing = (
    <Text size="sm" c="dimmed">
      No notes. Only your team sees them.
    </Text>
  );
  return (
    <Stack gap="xs">
      <NewNote lead={lead} />
      <Async query={query} empty={nothing}>
        {(notes) => (
          <>
            {notes.map((note) => (
              <div key={note.id} className={classes.entry}>
                <Text size="sm" style={{ whiteSpace: "pre-wrap" }}>
                  {String(note.params?.text ?? words(note.note_type))}
                </Text>
                <Text size="xs" c="dimmed" component="div">
                  {userName(note.created_by)}, <Ago at={note.created_at} size="xs" />
                </Text>
              </div>
            ))}
          </>
        )}
      </Async>
    </Stack>
  );
}

function NewNote({ lead }: { lead: number }) {
  const client = useQueryClient();
  const [text, setText] = useState("");
  const add = useMutation({
    mutationFn: () => addNote(lead, text.trim()),
    meta: { quiet: true },
    onSuccess: () => {
      setText("");
      return client.invalidateQueries({ queryKey: keys.notes(lead) });
    },
  });
  const atField = fieldError(add.error, "params.text") ?? fieldError(add.error, "0.params.text");
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        add.mutate();
      }}
    >
      <Textarea
        aria-label="New note"
        placeholder="Write a note for your team"
        autosize
        minRows={1}
        maxRows={6}
        value={text}
        onChange={(event) => setText(event.currentTarget.value)}
        error={atField}
      />
      {add.error && !atField && <Failed error={add.error} />}
      {text.trim() && (
        <Group justify="flex-end" mt={6}>
          <Button size="xs" type="submit" loading={add.isPending}>
            Add note
          </Button>
        </Group>
      )}
    </form>
  );
}
