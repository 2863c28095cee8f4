/** The conversation with somebody: who it is, what was said, and where to write. */

import type { RefObject } from 'preact';
import { useRef, useState } from 'preact/hooks';
import type { CallModel } from '../call/callModel';
import { t } from '../messages';
import { Button, IconButton } from '../parts/Button';
import { Composer } from '../parts/Composer';
import { BackIcon, CloseIcon, MoreIcon, PhoneIcon, VideoIcon } from '../parts/icons';
import { NotTheVerified, VerifiedMark } from '../parts/Marks';
import { Portrait } from '../parts/Portrait';
import { Question } from '../parts/Question';
import { SearchField } from '../parts/SearchField';
import type { Opened, Partner, TalkModel } from '../talk/talkModel';
import { timeOf } from '../talk/when';
import type { PeerView } from '../wire.gen';
import styles from './Conversation.module.css';
import { Thread } from './Thread';
import type { Mark } from './useNewest';
import { useTalkFocus } from './useTalkFocus';

interface ConversationProps {
  readonly calls: CallModel;
  readonly talks: TalkModel;
  readonly opened: Opened;
  readonly partner: Partner;
}

const NOTHING = { sent: 0, delivered: 0, read: 0 };

export function Conversation({ calls, talks, opened, partner }: ConversationProps) {
  const { view: peer, known } = partner;
  const [mark, setMark] = useState<Mark | null>(null);
  const { room, field, toField } = useTalkFocus(peer.peer);
  const marks = talks.conversation(peer.peer)?.marks ?? NOTHING;
  const away = peer.presence === 'offline';
  const goTo = (position: number) => talks.goTo(position, (found) => setMark({ position: found }));
  return (
    <section class={styles.conversation} ref={room} tabIndex={-1} aria-label={t.openConversation(peer.name)}>
      <Head calls={calls} talks={talks} peer={peer} />
      {talks.search.value !== null && <Search talks={talks} onGoTo={goTo} />}
      <Thread talks={talks} opened={opened} peer={peer} marks={marks} mark={mark} onGoTo={goTo} onDone={toField} />
      {away && <p class={styles.away}>{known ? t.waitsFor(peer.name) : t.notWritten.nobody}</p>}
      <Composer
        name={peer.name}
        draft={talks.draft.value}
        refusedAside={talks.refusedAside.value}
        stopped={!known}
        field={field}
        onText={(text) => talks.write(text)}
        onSend={() => talks.send()}
        onPlain={() => talks.about({ is: 'new' })}
      />
    </section>
  );
}

interface HeadProps {
  readonly calls: CallModel;
  readonly talks: TalkModel;
  readonly peer: PeerView;
}

function Head({ calls, talks, peer }: HeadProps) {
  const [open, setOpen] = useState(false);
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
      {open && <More talks={talks} name={name} askedBy={more} onDone={() => setOpen(false)} />}
      <Exported talks={talks} />
    </header>
  );
}

interface MoreProps {
  readonly talks: TalkModel;
  readonly name: string;
  readonly askedBy: RefObject<HTMLButtonElement | null>;
  readonly onDone: () => void;
}

function More({ talks, name, askedBy, onDone }: MoreProps) {
  const [asks, setAsks] = useState(false);
  if (asks) {
    return (
      <Question class={styles.more} label={t.clearTalk} askedBy={askedBy} onCancel={onDone}>
        <p>{t.clearAsk(name)}</p>
        <Button
          look="danger"
          onClick={() => {
            talks.clear();
            onDone();
          }}
        >
          {t.clearYes}
        </Button>
        <Button look="quiet" onClick={onDone}>
          {t.cancel}
        </Button>
      </Question>
    );
  }
  return (
    <div class={styles.more}>
      <Button
        look="plain"
        onClick={() => {
          talks.lookFor('');
          onDone();
        }}
      >
        {t.searchTalk}
      </Button>
      <Button look="plain" onClick={() => talks.exportAs('text')}>
        {t.exportText}
      </Button>
      <Button look="plain" onClick={() => talks.exportAs('json')}>
        {t.exportJson}
      </Button>
      <Button look="plain" onClick={() => setAsks(true)}>
        {t.clearTalk}
      </Button>
    </div>
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
