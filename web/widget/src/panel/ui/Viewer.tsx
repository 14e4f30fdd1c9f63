import { useEffect, useRef } from "preact/hooks";
import type { Attachment } from "../../shared/protocol";
import { usePanel } from "./context";
import { Icon } from "./Icon";

export interface Viewed {
  attachment: Attachment;
  messageId: string;
}

/**
 * A picture or a video over the whole panel. A native modal dialog keeps the focus inside, closes on Escape and gives
 * the focus back. A video counts as opened when it appears here and as closed when it leaves, also with the tab.
 */
export function Viewer({ viewed, onClose }: { viewed: Viewed; onClose(): void }) {
  const { chat, texts } = usePanel();
  const dialog = useRef<HTMLDialogElement>(null);
  const { attachment, messageId } = viewed;
  const isVideo = attachment.type === "video";

  useEffect(() => {
    dialog.current?.showModal();
  }, []);

  useEffect(() => {
    if (!isVideo) return;
    let open = true;
    const close = () => {
      if (open) void chat.video(messageId, "closed");
      open = false;
    };
    void chat.video(messageId, "opened");
    addEventListener("pagehide", close);
    return () => {
      removeEventListener("pagehide", close);
      close();
    };
  }, [chat, isVideo, messageId]);

  return (
    <dialog ref={dialog} class="viewer" aria-label={attachment.name} onClose={onClose}>
      <button
        type="button"
        class="round viewer-close"
        aria-label={texts.closeViewer}
        onClick={() => dialog.current?.close()}
      >
        <Icon name="close" />
      </button>
      {isVideo ? (
        // biome-ignore lint/a11y/useMediaCaption: the file comes from a chat and has no captions.
        <video src={attachment.url} controls autoPlay playsInline />
      ) : (
        <a href={attachment.url} target="_blank" rel="noopener noreferrer">
          <img src={attachment.url} alt={attachment.name} />
        </a>
      )}
    </dialog>
  );
}
