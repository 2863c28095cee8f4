/** The app's own window: one command in, one channel out. The only file that names Tauri. */

import { Channel, invoke } from '@tauri-apps/api/core';
import { listen } from '@tauri-apps/api/event';
import type { Command, Notice, PageCaps } from '../wire.gen';
import { encodedPath, HandOverError, type Watch } from './handOver';
import { type Host, type HostState, isNotice, type Line, type Login, type MediaOffer, type Sound } from './host';
import { inPieces } from './pieces';
import type { UpdateOffer, Updater, UpdateSettings, UpdateStep } from './updater';

export class TauriHost implements Host {
  readonly kind = 'window';

  async media(): Promise<MediaOffer | null> {
    return invoke<MediaOffer | null>('media');
  }

  readonly login: Login = {
    starts: () => invoke<boolean | null>('starts_at_login'),
    start: (on) => invoke<void>('start_at_login', { on }),
  };

  readonly updater: Updater = {
    settings: () => invoke<UpdateSettings | null>('updates'),
    choose: (on, source) => invoke<void>('set_updates', { on, source }),
    look: () => invoke<UpdateOffer | null>('look_for_update'),
    install: (version, onStep) =>
      invoke<void>('install_update', { version, progress: new Channel<UpdateStep>(onStep) }),
    restart: () => invoke<void>('restart_updated'),
  };

  readonly prepareCall = (devices: readonly string[]) =>
    invoke<boolean>('prepare_call', {
      microphone: devices.includes('microphone'),
      camera: devices.includes('camera'),
    });

  readonly sound: Sound = {
    routes: (route) => invoke<unknown>('routes', { route }),
    onRoutes: async (changed) => {
      await listen('routes', changed);
    },
  };

  connect(caps: PageCaps, onNotice: (notice: Notice) => void, onState: (state: HostState) => void): Line {
    let open = false;
    const channel = new Channel<unknown>((notice) => {
      if (!isNotice(notice)) {
        console.warn('dogeller: a message of the node was not understood');
        return;
      }
      if (!open) {
        open = true;
        onState('open');
      }
      onNotice(notice);
    });
    invoke('attach', { caps, channel }).catch((error: unknown) => {
      console.error('dogeller: the node did not take this window', error);
      onState('gone');
    });
    return {
      send(command: Command) {
        invoke('command', { command }).catch((error: unknown) => console.error('dogeller: command failed', error));
      },
    };
  }

  async handOver(message: string, path: string, content: Blob, watch: Watch = {}): Promise<void> {
    const encoded = encodedPath(path);
    const put = async (piece: Uint8Array, offset: number) => {
      const headers = { message, path: encoded, offset: String(offset) };
      await invoke('hand_over', piece, { headers }).catch((error: unknown) => {
        console.error('dogeller: the node did not take a file', error);
        throw new HandOverError(error === 'disk_full' ? 'disk_full' : 'failed');
      });
    };
    await inPieces(content, put, watch);
  }
}
