/** The page: who is here on the left, the call or what to do next on the right, and on top whoever calls. */

// Makes components follow the signals they read.
import '@preact/signals';
import { useCallback, useLayoutEffect, useState } from 'preact/hooks';
import type { CallModel } from '../call/callModel';
import { isGoingOn, isLive } from '../call/phases';
import { NARROW } from '../layout/room';
import { t } from '../messages';
import type { NodeModel } from '../node/nodeModel';
import { letGo, playAhead } from '../parts/ahead';
import { BellIcon, WarningIcon } from '../parts/icons';
import { Notice } from '../parts/Notice';
import { useMedia } from '../parts/useMedia';
import type { StartAtLogin } from '../people/startAtLogin';
import type { Updates } from '../people/updates';
import type { FilesModel } from '../talk/filesModel';
import type { TalkModel } from '../talk/talkModel';
import type { Thumbnails } from '../talk/thumbnails';
import type { CallView } from '../wire.gen';
import styles from './App.module.css';
import { CallElsewhere } from './CallElsewhere';
import { Conversation } from './Conversation';
import { Ended } from './Ended';
import { InCall } from './InCall';
import { Incoming } from './Incoming';
import { NobodyHere } from './NobodyHere';
import { NoNode } from './NoNode';
import { PeopleList } from './PeopleList';
import { PickSomebody } from './PickSomebody';
import { useBack } from './useBack';

export interface AppProps {
  readonly node: NodeModel;
  readonly calls: CallModel;
  readonly talks: TalkModel;
  readonly files: FilesModel;
  readonly thumbnails: Thumbnails;
  readonly login?: StartAtLogin;
  readonly updates?: Updates;
}

export function App({ node, calls, talks, files, thumbnails, login, updates }: AppProps) {
  const state = node.state.value;
  const me = node.me.value;
  const call = calls.call.value;
  const room = roomOf(call);
  const inCall = room === 'call';
  const narrow = useMedia(NARROW);
  // On a narrow screen a call is on top, unless somebody asked for the conversation during it.
  const [over, setOver] = useState(false);
  // biome-ignore lint/correctness/useExhaustiveDependencies: what was asked for in one call is not asked for in the next.
  useLayoutEffect(() => setOver(false), [inCall]);
  const covers = narrow && talks.open.value !== null && (room === null || (inCall && over));
  const hide = useCallback(() => {
    setOver(false);
    talks.hide();
  }, [talks]);
  useBack(covers ? hide : null);
  const remote = calls.remote.value;
  useLayoutEffect(() => {
    // In a call that goes on already, the picture that is seen has it.
    if (remote === null || isLive(calls.call.peek())) return;
    playAhead(document, remote);
    return () => letGo(remote);
  }, [remote, calls]);
  if (state === 'denied' || me === null || (state === 'gone' && !isGoingOn(call))) return <NoNode state={state} />;

  const rings = call?.phase.is === 'incoming';
  const alone = node.peers.value.size === 0;
  const opened = talks.open.value;
  const partner = talks.partner.value;
  const shown = room === null || !narrow || (inCall && over);
  const drawn = opened !== null && partner !== null && shown ? { opened, partner } : null;
  const beside = inCall && drawn !== null && drawn.opened.peer === call?.with.peer;
  const toggle = (peer: string) => {
    setOver(!beside);
    if (beside) talks.hide();
    else talks.show(peer);
  };
  return (
    <div class={styles.app}>
      <div
        class={`${styles.rooms} ${room === null ? '' : styles.taken} ${inCall ? styles.inCall : ''} ${alone ? styles.alone : ''} ${drawn === null ? '' : styles.talks}`}
        inert={rings}
      >
        <aside class={styles.people}>
          <PeopleList node={node} calls={calls} talks={talks} login={login} updates={updates} me={me} />
        </aside>
        <main class={styles.main}>
          {inCall && call !== null && (
            <InCall
              calls={calls}
              call={call}
              talks={beside}
              unread={beside ? 0 : (talks.conversation(call.with.peer)?.unread ?? 0)}
              onTalk={call.with.kind === 'person' ? () => toggle(call.with.peer) : undefined}
            />
          )}
          {room === 'elsewhere' && call !== null && <CallElsewhere calls={calls} call={call} />}
          {/* There before its words are, or a screen reader would not read them. */}
          <div role="status" class={room === 'ended' ? styles.status : styles.empty}>
            {room === 'ended' && call?.phase.is === 'ended' && (
              <Ended calls={calls} call={call} reason={call.phase.reason} />
            )}
          </div>
          {room === null &&
            drawn === null &&
            (alone ? <NobodyHere node={node} calls={calls} me={me} /> : <PickSomebody />)}
        </main>
        {drawn !== null && (
          <div class={styles.talk}>
            <Conversation
              key={drawn.opened.peer}
              calls={calls}
              talks={talks}
              files={files}
              thumbnails={thumbnails}
              opened={drawn.opened}
              partner={drawn.partner}
            />
          </div>
        )}
      </div>
      {rings && call !== null && <Incoming calls={calls} call={call} />}
      <Banners node={node} calls={calls} />
    </div>
  );
}

type Room = 'call' | 'elsewhere' | 'ended' | null;

/** What the larger part of the page is taken by; `null`: nothing of a call. */
function roomOf(call: CallView | null): Room {
  if (call === null) return null;
  switch (call.phase.is) {
    case 'incoming':
      return null;
    case 'ended':
      return 'ended';
    case 'outgoing':
    case 'connecting':
    case 'connected':
    case 'reconnecting':
      switch (call.place) {
        case 'here':
        case 'anywhere':
          return 'call';
        case 'elsewhere_page':
        case 'opening_browser':
          return 'elsewhere';
      }
  }
}

/** These are said beside the field they are about. */
const SAID_IN_PLACE = new Set(['bad_name', 'bad_address', 'nobody_there']);

function Banners({ node, calls }: Pick<AppProps, 'node' | 'calls'>) {
  const refusal = node.refusal.value;
  return (
    <div class={calls.busy.value ? `${styles.banners} ${styles.aboveControls}` : styles.banners}>
      {node.state.value === 'gone' && (
        <Notice urgent icon={<WarningIcon />}>
          {t.goneTitle}. {t.gone}
        </Notice>
      )}
      {refusal !== null && !SAID_IN_PLACE.has(refusal.code) && (
        <Notice urgent icon={<WarningIcon />} key={refusal.n} onClose={() => node.forgetRefusal()}>
          {t.refused[refusal.code]}
        </Notice>
      )}
      {calls.soundBlocked.value && !calls.busy.value && <Notice icon={<BellIcon />}>{t.clickToHear}</Notice>}
    </div>
  );
}
