import { useCallback, useState } from "preact/hooks";
import { fileSize } from "../core/text";
import { fill, type Texts } from "../texts";

const MOST_FILES = 10;

/** Files that were chosen, pasted or dropped and wait for "send". */
export interface Tray {
  files: File[];
  /** What is wrong with the last choice, for the visitor; empty when nothing is. */
  error: string;
  add(files: Iterable<File>): void;
  remove(file: File): void;
  clear(): void;
}

export function useTray(maxBytes: number, texts: Texts, language: string): Tray {
  const [files, setFiles] = useState<File[]>([]);
  const [error, setError] = useState("");
  const add = useCallback(
    (chosen: Iterable<File>) => {
      const list = [...chosen];
      const large = list.find((file) => file.size > maxBytes);
      const fit = list.filter((file) => file.size <= maxBytes);
      setFiles((before) => {
        const all = [...before, ...fit];
        if (all.length > MOST_FILES) setError(fill(texts.tooMany, { n: MOST_FILES }));
        return all.slice(0, MOST_FILES);
      });
      setError(large ? fill(texts.tooLarge, { name: large.name, limit: fileSize(maxBytes, language) }) : "");
    },
    [maxBytes, texts, language],
  );
  const remove = (file: File) => setFiles((before) => before.filter((other) => other !== file));
  const clear = () => {
    setFiles([]);
    setError("");
  };
  return { files, error, add, remove, clear };
}
