/** Opens the system's dialog for files that are to be sent. */

import { useRef } from 'preact/hooks';
import { t } from '../messages';
import type { Chosen } from '../talk/chosen';
import { IconButton } from './Button';
import { FilePicker } from './FilePicker';
import { ClipIcon } from './icons';

interface AttachButtonProps {
  /** The other's name. */
  readonly name: string;
  /** There is nobody to send anything to. */
  readonly stopped: boolean;
  readonly onPicked: (files: readonly Chosen[]) => void;
}

export function AttachButton({ name, stopped, onPicked }: AttachButtonProps) {
  const input = useRef<HTMLInputElement>(null);
  return (
    <>
      <IconButton label={t.files.send(name)} disabled={stopped} onClick={() => input.current?.click()}>
        <ClipIcon />
      </IconButton>
      <FilePicker input={input} onPicked={onPicked} />
    </>
  );
}
