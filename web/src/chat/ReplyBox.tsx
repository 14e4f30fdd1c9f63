import { ActionIcon, Alert, FileButton, Group, Pill, Textarea } from "@mantine/core";
import { IconPaperclip, IconSend } from "@tabler/icons-react";
import { useMutation } from "@tanstack/react-query";
import { type KeyboardEvent, type RefObject, useState } from "react";
import { uploadFile } from "../api/chats";
import type { Attachment } from "../api/types";
import classes from "./Chat.module.css";

interface Props {
  onSend: (text: string, attachments: Attachment[]) => void;
  /** The client refuses our messages. */
  blocked: boolean;
  input: RefObject<HTMLTextAreaElement | null>;
}

/** The longest text that every channel takes, in characters. */
const MAX_TEXT = 4096;

export function ReplyBox({ onSend, blocked, input }: Props) {
  const [text, setText] = useState("");
  const [files, setFiles] = useState<Attachment[]>([]);
  const upload = useMutation({
    mutationFn: uploadFile,
    onSuccess: (file) => setFiles((list) => [...list, file]),
  });
  const ready = (text.trim() !== "" || files.length > 0) && !upload.isPending && text.length <= MAX_TEXT;
  const send = () => {
    if (!ready) return;
    onSend(text.trim(), files);
    setText("");
    setFiles([]);
    input.current?.focus();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    // While a word is being composed (Japanese, Chinese), Enter belongs to the input method.
    if (event.key !== "Enter" || event.shiftKey || event.nativeEvent.isComposing) return;
    event.preventDefault();
    send();
  };
  if (blocked)
    return (
      <Alert m="xs" color="orange">
        The client blocked this channel, so nothing can be sent here.
      </Alert>
    );
  return (
    <div className={classes.reply}>
      {files.length > 0 && (
        <Group gap={4} mb={4}>
          {files.map((file) => (
            <Pill
              key={file.id ?? file.name}
              withRemoveButton
              onRemove={() => setFiles((list) => list.filter((one) => one !== file))}
              removeButtonProps={{
                "aria-label": `Remove ${file.name ?? "file"}`,
                "aria-hidden": false,
                tabIndex: 0,
              }}
            >
              {file.name ?? "file"}
            </Pill>
          ))}
        </Group>
      )}
      <Group gap={6} align="end" wrap="nowrap">
        <FileButton onChange={(file) => file && upload.mutate(file)}>
          {(props) => (
            <ActionIcon
              {...props}
              variant="subtle"
              color="gray"
              size={36}
              loading={upload.isPending}
              aria-label="Attach a file"
            >
              <IconPaperclip size={20} />
            </ActionIcon>
          )}
        </FileButton>
        <Textarea
          ref={input}
          className={classes.input}
          aria-label="Reply"
          placeholder="Write a reply. Enter sends, Shift+Enter makes a new line"
          autosize
          minRows={1}
          maxRows={8}
          value={text}
          error={text.length > MAX_TEXT ? `${text.length - MAX_TEXT} characters too long` : undefined}
          onChange={(event) => setText(event.currentTarget.value)}
          onKeyDown={onKeyDown}
        />
        <ActionIcon size={36} onClick={send} disabled={!ready} aria-label="Send">
          <IconSend size={18} />
        </ActionIcon>
      </Group>
    </div>
  );
}
