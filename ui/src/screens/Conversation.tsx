/** The conversation with somebody: who it is, what was said, and where to write. */

import { useState } from 'preact/hooks';
import type { CallModel } from '../call/callModel';
import { t } from '../messages';
import type { NodeModel } from '../node/nodeModel';
import { Button, IconButton } from '../parts/Button';
import { Composer } from '../parts/Composer';
import { BackIcon, CloseIcon, MoreIcon, PhoneIcon, VideoIcon } from '../parts/icons';
import { NotTheVerified, VerifiedMark } from '../parts/Marks';
import { Portrait } from '../parts/Portrait';
import { SearchField } from '../parts/SearchField';
import type { Opened, TalkModel } from '../talk/talkModel';
import { timeOf } from '../talk/when';
import type { PeerView } from '../wire.gen';
import styles from './Conversation.module.css';
import { Thread } from './Thread';

interface ConversationProps {
  readonly node: NodeModel;
  readonly calls: CallModel;
  readonly talks: TalkModel;
  readonly opened: Opened;
  readonly peer: PeerView;
}

const NOTHING = { sent: 0, delivered: 0, read: 0 };

export function Conversation({ calls, talks, opened, peer }: ConversationProps) {
  const [marked, setMarked] = useState<number | null>(null);
  const marks = talks.conversation(peer.peer)?.marks ?? NOTHING;
  const away = peer.presence === 'offline';
  return (
    <section class={styles.conversation} aria-label={t.openConversation(peer.name)}>
      <Head calls={calls} talks={talks} peer={peer} />
      {talks.search.value !== null && <Search talks={talks} onMark={setMarked} />}
      <Thread talks={talks} opened={opened} peer={peer} marks={marks} marked={marked} onMark={setMarked} />
      {away && <p class={styles.away}>{t.waitsFor(peer.name)}</p>}
      <Composer
        name={peer.name}
        draft={talks.draft.value}
        onText={(text) => talks.write(text)}
        onSend={() => talks.send()}
        onPlain={() => talks.about({ is: 'new' })}
      />
    </section>
  );
}

function Head({ calls, talks, peer }: Pick<ConversationProps, 'calls' | 'talks' | 'peer'>) {
  const [open, setOpen] = useState(false);
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
        <IconButton label={open ? t.less : t.more} onClick={() => setOpen(!open)}>
          <MoreIcon />
        </IconButton>
      </div>
      {impersonated !== null && <NotTheVerified name={impersonated} />}
      {open && <More talks={talks} name={name} onDone={() => setOpen(false)} />}
      <Exported talks={talks} />
    </header>
  );
}

function More({ talks, name, onDone }: { talks: TalkModel; name: string; onDone: () => void }) {
  const [asks, setAsks] = useState(false);
  if (asks) {
    return (
      <div class={styles.more} role="alertdialog" aria-label={t.clearTalk}>
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
      </div>
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

function Search({ talks, onMark }: { talks: TalkModel; onMark: (position: number) => void }) {
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
              <button type="button" onClick={() => talks.goTo(entry, onMark)}>
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
