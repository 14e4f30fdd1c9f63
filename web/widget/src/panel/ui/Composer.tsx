import type { Ref } from "preact";
import { useEffect, useState } from "preact/hooks";
import { TEXT_LIMIT } from "../../shared/protocol";
import { textLength } from "../core/text";
import { fill } from "../texts";
import { useObjectUrl } from "./Attachment";
import { usePanel } from "./context";
import { Icon } from "./Icon";
import type { Tray } from "./useTray";

/** The counter appears when this many characters are left. */
const COUNT_FROM = 300;

export function Composer({
  input,
  tray,
}: {
  input: Ref<HTMLTextAreaElement> & { current: HTMLTextAreaElement | null };
  tray: Tray;
}) {
  const { chat, texts } = usePanel();
  const [text, setText] = useState("");
  const left = TEXT_LIMIT - textLength(text);
  const canSend = left >= 0 && (text.trim() !== "" || tray.files.length > 0);

  // biome-ignore lint/correctness/useExhaustiveDependencies: the height follows the text.
  useEffect(() => {
    const element = input.current;
    if (!element) return;
    element.style.height = "auto";
    element.style.height = `${element.scrollHeight}px`;
  }, [text]);

  const send = () => {
    if (!canSend) return;
    void chat.send({ text: text.trim(), files: tray.files });
    setText("");
    tray.clear();
    input.current?.focus();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    // While an input method is composing, Enter belongs to it.
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    send();
  };
  const onInput = (event: { currentTarget: HTMLTextAreaElement }) => {
    setText(event.currentTarget.value);
    chat.typed();
  };

  return (
    <form
      class="composer"
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      <TrayView tray={tray} />
      <div class="input-row">
        <AttachButton onFiles={tray.add} />
        <textarea
          ref={input}
          rows={1}
          value={text}
          dir="auto"
          // Somewhat more than a message may hold, so that the counter can say by how much; a pasted book would stall the page.
          maxLength={4 * TEXT_LIMIT}
          enterkeyhint="send"
          placeholder={texts.placeholder}
          aria-label={texts.placeholder}
          aria-invalid={left < 0}
          onInput={onInput}
          onKeyDown={onKeyDown}
        />
        <button type="submit" class="round send" aria-label={texts.send} disabled={!canSend}>
          <Icon name="send" />
        </button>
      </div>
      <Counter left={left} />
    </form>
  );
}

function Counter({ left }: { left: number }) {
  const { texts } = usePanel();
  return (
    <p class={`counter ${left < 0 ? "over" : ""}`} aria-live="polite" hidden={left > COUNT_FROM}>
      {left <= COUNT_FROM && fill(left < 0 ? texts.over : texts.left, { n: Math.abs(left) })}
    </p>
  );
}

function TrayView({ tray }: { tray: Tray }) {
  return (
    <>
      {tray.error && (
        <p class="notice" role="alert">
          {tray.error}
        </p>
      )}
      {tray.files.length > 0 && (
        <ul class="tray">
          {tray.files.map((file) => (
            <TrayFile
              key={`${file.name} ${file.size} ${file.lastModified}`}
              file={file}
              onRemove={() => tray.remove(file)}
            />
          ))}
        </ul>
      )}
    </>
  );
}

/** A label around a hidden file input: it opens the dialog by itself, and the input keeps the keyboard focus. */
function AttachButton({ onFiles }: { onFiles(files: Iterable<File>): void }) {
  const { texts } = usePanel();
  return (
    <label class="round attach" title={texts.attach}>
      <input
        type="file"
        class="sr"
        multiple
        aria-label={texts.attach}
        onChange={(event) => {
          onFiles(event.currentTarget.files ?? []);
          // The same file may be chosen again after it was removed.
          event.currentTarget.value = "";
        }}
      />
      <Icon name="attach" />
    </label>
  );
}

function TrayFile({ file, onRemove }: { file: File; onRemove(): void }) {
  const { texts } = usePanel();
  const url = useObjectUrl(file.type.startsWith("image/") ? file : null);
  return (
    <li>
      {url ? <img src={url} alt="" /> : <Icon name="file" />}
      <span>{file.name}</span>
      <button type="button" aria-label={fill(texts.remove, { name: file.name })} onClick={onRemove}>
        <Icon name="close" />
      </button>
    </li>
  );
}
