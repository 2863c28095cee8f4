/** The system's own dialog for files or a folder. It is opened by a click on its input, which nobody sees. */

import type { RefObject } from 'preact';
import { useLayoutEffect } from 'preact/hooks';
import { type Chosen, picked } from '../talk/chosen';

interface FilePickerProps {
  readonly input: RefObject<HTMLInputElement | null>;
  readonly folder?: boolean;
  readonly onPicked: (files: readonly Chosen[]) => void;
}

export function FilePicker({ input, folder = false, onPicked }: FilePickerProps) {
  useLayoutEffect(() => {
    if (input.current !== null && folder) input.current.webkitdirectory = true;
  }, [input, folder]);
  return (
    <input
      ref={input}
      type="file"
      multiple
      hidden
      onChange={({ currentTarget }) => {
        const files = picked(currentTarget.files ?? []);
        // The same can be chosen again.
        currentTarget.value = '';
        if (files.length > 0) onPicked(files);
      }}
    />
  );
}

/** Whether whole folders can be picked. */
export function picksFolders(): boolean {
  return 'webkitdirectory' in HTMLInputElement.prototype;
}
