import { useEffect, useState } from "preact/hooks";
import type { PendingFile } from "../../shared/pending";
import type { Attachment } from "../../shared/protocol";
import { fileSize, safeHref } from "../core/text";
import { fill } from "../texts";
import { usePanel } from "./context";
import { Icon } from "./Icon";

export function AttachmentView({ attachment, messageId }: { attachment: Attachment; messageId: string }) {
  const { texts, view } = usePanel();
  const { type, name } = attachment;
  const url = safeHref(attachment.url);
  if (!url) return null;
  if (type === "picture") {
    return (
      <button
        type="button"
        class="picture"
        aria-label={fill(texts.view, { name })}
        onClick={() => view(attachment, messageId)}
      >
        <img src={url} alt={name} />
      </button>
    );
  }
  if (type === "video") {
    return (
      <button
        type="button"
        class="video"
        aria-label={fill(texts.play, { name })}
        onClick={() => view(attachment, messageId)}
      >
        <video src={`${url}#t=0.1`} preload="metadata" muted playsInline tabIndex={-1} aria-hidden="true" />
        <span class="play">
          <Icon name="play" />
        </span>
      </button>
    );
  }
  if (type === "audio" || type === "voice") {
    // biome-ignore lint/a11y/useMediaCaption: people send recordings, nobody has captions for them.
    return <audio class="audio" src={url} controls preload="metadata" aria-label={name} />;
  }
  return (
    <a
      class="file"
      href={url}
      download={name}
      target="_blank"
      rel="noopener noreferrer"
      aria-label={fill(texts.download, { name })}
    >
      <FileFace name={name} size={attachment.size} />
    </a>
  );
}

/** A file that is still on its way: pictures show themselves, the rest its name. */
export function PendingFileView({ file }: { file: PendingFile }) {
  const url = useObjectUrl(file.mime.startsWith("image/") ? file.blob : null);
  if (url) {
    return (
      <span class="picture">
        <img src={url} alt={file.name} />
      </span>
    );
  }
  return (
    <span class="file">
      <FileFace name={file.name} size={file.size} />
    </span>
  );
}

function FileFace({ name, size }: { name: string; size: number }) {
  const { language } = usePanel();
  return (
    <>
      <span class="file-icon">
        <Icon name="file" />
      </span>
      <span class="file-words">
        <span class="file-name">{name}</span>
        <span class="file-size">{fileSize(size, language)}</span>
      </span>
    </>
  );
}

/** An address of a local file, given back when it is no longer drawn. */
export function useObjectUrl(blob: Blob | null): string | null {
  const [url, setUrl] = useState<string | null>(null);
  useEffect(() => {
    if (!blob) return;
    const made = URL.createObjectURL(blob);
    setUrl(made);
    return () => URL.revokeObjectURL(made);
  }, [blob]);
  return url;
}
