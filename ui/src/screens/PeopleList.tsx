/** The left side: yourself, everybody who is here, below them the ones you know who are not, and last the echo test. */

import { useState } from 'preact/hooks';
import type { CallModel } from '../call/callModel';
import { t } from '../messages';
import type { NodeModel } from '../node/nodeModel';
import { AddressForm } from '../parts/AddressForm';
import { Avatar } from '../parts/Avatar';
import { Button, IconButton } from '../parts/Button';
import { PlusIcon, SettingsIcon } from '../parts/icons';
import { NameField } from '../parts/NameField';
import { PersonRow } from '../parts/PersonRow';
import { SearchField } from '../parts/SearchField';
import { Switch } from '../parts/Switch';
import { arrange, SEARCH_FROM } from '../people/people';
import type { StartAtLogin } from '../people/startAtLogin';
import type { Updates } from '../people/updates';
import { inShort } from '../talk/inShort';
import type { TalkModel } from '../talk/talkModel';
import type { Me, Retention } from '../wire.gen';
import { addressRefusal } from './addressRefusal';
import styles from './PeopleList.module.css';
import { UpdateRows } from './UpdateRows';

const RETENTIONS: readonly Retention[] = ['forever', 'year', 'month', 'week', 'day'];

interface PeopleListProps {
  readonly node: NodeModel;
  readonly calls: CallModel;
  readonly talks: TalkModel;
  readonly login?: StartAtLogin | undefined;
  readonly updates?: Updates | undefined;
  readonly me: Me;
}

export function PeopleList({ node, calls, talks, login, updates, me }: PeopleListProps) {
  const [wanted, setWanted] = useState('');
  const peers = node.peers.value;
  const echo = node.echo.value;
  const searchable = peers.size >= SEARCH_FROM;
  const search = searchable ? wanted : '';
  const { active, away } = arrange(peers.values(), search);
  // While it rings here the dialog is in front anyway, and a disabled button would lose the focus for good.
  const busy = calls.busy.value && calls.call.value?.phase.is !== 'incoming';
  const opened = talks.open.value?.peer;
  const conversation = (peer: string) => {
    const view = node.conversations.value.get(peer);
    const last = view?.last ?? null;
    return {
      open: peer === opened,
      unread: view?.unread ?? 0,
      last: last === null ? null : inShort(last),
      onOpen: () => {
        if (calls.call.peek()?.phase.is === 'ended') calls.dismiss();
        talks.show(peer);
      },
    };
  };
  return (
    <div class={styles.list}>
      <Yourself node={node} calls={calls} talks={talks} login={login} updates={updates} me={me} />
      {searchable && (
        <div class={styles.search}>
          <SearchField label={t.search} wanted={wanted} onWanted={setWanted} />
        </div>
      )}
      <nav class={`${styles.people} ${peers.size === 0 ? styles.alone : ''}`} aria-labelledby="active-users">
        <h2 id="active-users" class={styles.heading}>
          {t.activeUsers}
          {active.length > 0 && <span class={styles.count}>{active.length}</span>}
        </h2>
        {/* biome-ignore lint/a11y/noRedundantRoles: WebKit takes the role away from a list without bullets. */}
        <ul role="list" aria-label={t.activeUsers}>
          {active.map((peer) => (
            <PersonRow
              key={peer.peer}
              peer={peer}
              busy={busy}
              onCall={(media) => calls.place(peer.peer, media)}
              {...conversation(peer.peer)}
            />
          ))}
        </ul>
        {active.length === 0 && (
          <p class={styles.none}>{search.trim() === '' ? t.nobodyActive : t.foundNobody(search.trim())}</p>
        )}
        {away.length > 0 && (
          <>
            <h2 class={styles.heading}>{t.notHereNow}</h2>
            {/* biome-ignore lint/a11y/noRedundantRoles: as above. */}
            <ul role="list" aria-label={t.notHereNow}>
              {away.map((peer) => (
                <PersonRow key={peer.peer} peer={peer} {...conversation(peer.peer)} />
              ))}
            </ul>
          </>
        )}
        {echo !== null && (
          <>
            <h2 class={styles.heading}>{t.tryItOut}</h2>
            {/* biome-ignore lint/a11y/noRedundantRoles: as above. */}
            <ul role="list" aria-label={t.tryItOut}>
              <PersonRow peer={echo} busy={busy} onCall={(media) => calls.place(echo.peer, media)} />
            </ul>
          </>
        )}
      </nav>
      {peers.size > 0 && <AddByHand node={node} />}
    </div>
  );
}

function Yourself({ node, calls, talks, login, updates, me }: PeopleListProps) {
  const [settings, setSettings] = useState(false);
  const news = updates === undefined || settings ? null : newsOf(updates);
  const toggle = () => {
    if (!settings) {
      void login?.look();
      void updates?.ask();
    }
    setSettings(!settings);
  };
  return (
    <header class={styles.yourself}>
      <div class={styles.card}>
        <Avatar peer={me.peer} size={44} />
        <div class={styles.name}>
          <NameField
            name={me.name}
            first={me.first_start}
            refused={node.refusal.value?.code === 'bad_name'}
            onName={(name) => {
              node.forgetRefusal();
              node.send({ type: 'set_name', name });
            }}
          />
        </div>
        <IconButton label={settings ? t.less : t.settings} onClick={toggle}>
          <SettingsIcon size={18} />
        </IconButton>
      </div>
      <Switch label={t.visible} on={me.visible} onChange={(visible) => node.send({ type: 'set_visible', visible })} />
      {!me.visible && <p class={styles.hidden}>{t.hidden}</p>}
      {news !== null && (
        <Button look="quiet" onClick={toggle}>
          {news}
        </Button>
      )}
      {settings && (
        <>
          <Switch label={t.receipts} on={me.receipts} onChange={(on) => talks.setReceipts(on)} />
          <Switch label={t.files.takes} on={me.takes_files} onChange={(on) => talks.setTakesFiles(on)} />
          {login !== undefined && login.on.value !== null && (
            <Switch label={t.startAtLogin} on={login.on.value} onChange={(on) => void login.choose(on)} />
          )}
          {login?.failed.value && (
            <p class={styles.hidden} role="alert">
              {t.loginNotKept}
            </p>
          )}
          {updates !== undefined && <UpdateRows updates={updates} busy={calls.busy.value} />}
          <label class={styles.choice}>
            <span>{t.retention}</span>
            <select
              value={me.retention}
              onChange={(event) => {
                const chosen = RETENTIONS.find((retention) => retention === event.currentTarget.value);
                if (chosen !== undefined) talks.setRetention(chosen);
              }}
            >
              {RETENTIONS.map((retention) => (
                <option key={retention} value={retention}>
                  {t.retentions[retention]}
                </option>
              ))}
            </select>
          </label>
        </>
      )}
    </header>
  );
}

/** What there is to know of a newer version by somebody who does not look for it. */
function newsOf(updates: Updates): string | null {
  const stage = updates.stage.value;
  if (stage.is === 'found') return t.updates.found(stage.offer.version);
  return stage.is === 'ready' && !updates.putOff.value ? t.updates.ready(stage.version) : null;
}

function AddByHand({ node }: { node: NodeModel }) {
  const [open, setOpen] = useState(false);
  return (
    <footer class={styles.foot}>
      {open ? (
        <AddressForm
          refused={addressRefusal(node.refusal.value)}
          onAddress={(address) => {
            node.forgetRefusal();
            node.send({ type: 'add_peer', address });
          }}
        />
      ) : (
        <Button look="quiet" icon={<PlusIcon size={18} />} onClick={() => setOpen(true)}>
          {t.addByHand}
        </Button>
      )}
    </footer>
  );
}
