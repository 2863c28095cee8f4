/** The conversation with somebody: who it is, what was said, and where to write. */

import type { RefObject } from 'preact';
import { useRef, useState } from 'preact/hooks';
import type { CallModel } from '../call/callModel';
import { t } from '../messages';
import { AttachButton } from '../parts/AttachButton';
import { IconButton } from '../parts/Button';
import { Composer } from '../parts/Composer';
import { FilePicker, picksFolders } from '../parts/FilePicker';
import { BackIcon, CloseIcon, MoreIcon, PhoneIcon, VideoIcon } from '../parts/icons';
import { NotTheVerified, VerifiedMark } from '../parts/Marks';
import { PastedQuestion } from '../parts/PastedQuestion';
import { Portrait } from '../parts/Portrait';
import { SearchField } from '../parts/SearchField';
import { outlineOf, readDropped } from '../talk/dropped';
import type { FilesModel } from '../talk/filesModel';
import { filesIn } from '../talk/pasted';
import type { Opened, Partner, TalkModel } from '../talk/talkModel';
import type { Thumbnails } from '../talk/thumbnails';
import { timeOf } from '../talk/when';
import type { PeerView } from '../wire.gen';
import styles from './Conversation.module.css';
import { TalkMenu } from './TalkMenu';
import { Thread } from './Thread';
import { useDrop } from './useDrop';
import type { Mark } from './useNewest';
import { useTalkFocus } from './useTalkFocus';

interface ConversationProps {
  readonly calls: CallModel;
  readonly talks: TalkModel;
  readonly files: FilesModel;
  readonly thumbnails: Thumbnails;
  readonly opened: Opened;
  readonly partner: Partner;
}

const NOTHING = { sent: 0, delivered: 0, read: 0 };

export function Conversation({ calls, talks, files, thumbnails, opened, partner }: ConversationProps) {
  const { view: peer, known } = partner;
  const [mark, setMark] = useState<Mark | null>(null);
  const { room, field, toField } = useTalkFocus(peer.peer);
  const { over, ...drop } = useDrop(known, (dropped) =>
    files.sendRead(peer.peer, outlineOf(dropped), (signal) => readDropped(dropped, signal)),
  );
  const marks = talks.conversation(peer.peer)?.marks ?? NOTHING;
  const away = peer.presence === 'offline';
  const goTo = (position: number) => talks.goTo(position, (found) => setMark({ position: found }));
  const paste = (event: ClipboardEvent) => {
    const pasted = known ? filesIn(event.clipboardData) : [];
    if (pasted.length === 0) return;
    event.preventDefault();
    files.paste(peer.peer, pasted, Date.now());
  };
  return (
    <section class={styles.conversation} ref={room} tabIndex={-1} aria-label={t.openConversation(peer.name)} {...drop}>
      <Head calls={calls} talks={talks} files={files} peer={peer} known={known} />
      {talks.search.value !== null && <Search talks={talks} onGoTo={goTo} />}
      <Thread
        talks={talks}
        files={files}
        thumbnails={thumbnails}
        opened={opened}
        peer={peer}
        marks={marks}
        mark={mark}
        onGoTo={goTo}
        onDone={toField}
      />
      {away && <p class={styles.away}>{known ? t.waitsFor(peer.name) : t.notWritten.nobody}</p>}
      <Composer
        name={peer.name}
        draft={talks.draft.value}
        refusedAside={talks.refusedAside.value}
        stopped={!known}
        field={field}
        pasted={known && <PastedHere files={files} peer={peer} field={field} />}
        attach={<AttachButton name={peer.name} stopped={!known} onPicked={(picked) => files.send(peer.peer, picked)} />}
        onText={(text) => talks.write(text)}
        onPaste={paste}
        onSend={() => talks.send()}
        onPlain={() => talks.about({ is: 'new' })}
      />
      {over && <p class={styles.drop}>{t.files.dropTo(peer.name)}</p>}
    </section>
  );
}

interface PastedHereProps {
  readonly files: FilesModel;
  readonly peer: PeerView;
  readonly field: RefObject<HTMLElement | null>;
}

function PastedHere({ files, peer, field }: PastedHereProps) {
  const pasted = files.pasted.value;
  if (pasted?.peer !== peer.peer) return null;
  return (
    <PastedQuestion
      parcel={pasted.parcel}
      pictures={pasted.pictures}
      field={field}
      onSend={() => files.sendPasted()}
      onCancel={() => files.forgetPasted()}
    />
  );
}

interface HeadProps {
  readonly calls: CallModel;
  readonly talks: TalkModel;
  readonly files: FilesModel;
  readonly peer: PeerView;
  /** They are known, and so can be sent something. */
  readonly known: boolean;
}

function Head({ calls, talks, files, peer, known }: HeadProps) {
  const [open, setOpen] = useState(false);
  const folder = useRef<HTMLInputElement>(null);
  const more = useRef<HTMLButtonElement>(null);
  const { name, presence, verified, not_the_verified: impersonated } = peer;
  const here = presence !== 'offline';
  const busy = calls.busy.value;
  return (
    <header class={`${styles.head} ${busy ? styles.besideCall : ''}`}>
      <div class={styles.who}>
        <IconButton label={t.back} onClick={() => talks.hide()}>
          <BackIcon />
        </IconButton>
        <Portrait of={peer} />
        <div class={styles.name}>
          <h1>
            <bdi title={name}>{name}</bdi>
            {verified && <VerifiedMark />}
          </h1>
          <p>{t.presence[presence]}</p>
        </div>
        {here && !busy && (
          <>
            <IconButton label={t.voiceCall(name)} onClick={() => calls.place(peer.peer, 'voice')}>
              <PhoneIcon />
            </IconButton>
            <IconButton label={t.videoCall(name)} onClick={() => calls.place(peer.peer, 'video')}>
              <VideoIcon />
            </IconButton>
          </>
        )}
        <IconButton label={open ? t.less : t.more} buttonRef={more} onClick={() => setOpen(!open)}>
          <MoreIcon />
        </IconButton>
      </div>
      {impersonated !== null && <NotTheVerified name={impersonated} />}
      {open && (
        <TalkMenu
          talks={talks}
          peer={peer.peer}
          name={name}
          askedBy={more}
          onFolder={known && picksFolders() ? () => folder.current?.click() : undefined}
          onDone={() => setOpen(false)}
        />
      )}
      <FilePicker input={folder} folder onPicked={(picked) => files.send(peer.peer, picked)} />
      <Exported talks={talks} />
    </header>
  );
}

function Exported({ talks }: { talks: TalkModel }) {
  const exported = talks.exported.value;
  return (
    <div role="status">
      {exported !== null && (
        <p class={styles.exported}>
          <span>{exported.path === null ? t.notExported : t.exportedTo(exported.path)}</span>
          <IconButton label={t.close} onClick={() => talks.forgetExport()}>
            <CloseIcon size={18} />
          </IconButton>
        </p>
      )}
    </div>
  );
}

function Search({ talks, onGoTo }: { talks: TalkModel; onGoTo: (position: number) => void }) {
  const search = talks.search.value;
  if (search === null) return null;
  const { text, hits } = search;
  return (
    <search class={styles.search}>
      <SearchField
        label={t.searchTalk}
        wanted={text}
        onWanted={(wanted) => talks.lookFor(wanted)}
        onClose={() => talks.lookFor(null)}
      />
      <p class={styles.count} role="status">
        {hits === null || text.trim() === '' ? '' : hits.length === 0 ? t.noHits(text.trim()) : t.hits(hits.length)}
      </p>
      {hits !== null && hits.length > 0 && (
        <ol class={styles.hits}>
          {hits.map(({ entry }) => (
            <li key={entry.position}>
              <button type="button" onClick={() => onGoTo(entry.position)}>
                <span dir="auto">{entry.what.is === 'text' ? entry.what.text : ''}</span>
                <time>{timeOf(entry.at_ms)}</time>
              </button>
            </li>
          ))}
        </ol>
      )}
    </search>
  );
}
