/** Files that were offered: what they are, how they stand, and what can be done about them. */

import { useRef, useState } from 'preact/hooks';
import { t } from '../messages';
import type { Progress } from '../talk/progress';
import {
  arrivedOf,
  type FilesEntry,
  mayHaveMoved,
  percentOf,
  type Run,
  type Standing,
  standingOf,
  wishesOf,
} from '../talk/transfer';
import type { Entry, NotWritten, Wish } from '../wire.gen';
import bubble from './Bubble.module.css';
import { Button } from './Button';
import styles from './FilesBubble.module.css';
import { nameOf, ParcelHead } from './ParcelHead';
import { ProgressBar } from './ProgressBar';
import { Question } from './Question';
import { How, Stamp } from './Stamp';
import { Thumbnail } from './Thumbnail';

interface FilesBubbleProps {
  readonly entry: Entry;
  readonly what: FilesEntry;
  /** The other's name, and whether they are here. */
  readonly name: string;
  readonly here: boolean;
  /** What goes on with it. */
  readonly run: Run | undefined;
  /** How far the offer has come; `null` for what the other offered. */
  readonly progress: Progress | null;
  readonly marked: boolean;
  /** Why what was wished was not done. */
  readonly notDone: NotWritten | null;
  readonly onWish: (wish: Wish) => void;
  /** What its pictures look like; `null`: nothing, `undefined`: not known yet. */
  readonly picture: string | null | undefined;
  readonly onPictureWanted: () => void;
}

export function FilesBubble(props: FilesBubbleProps) {
  const { entry, what, name, here, run, progress, marked, notDone, onWish, picture, onPictureWanted } = props;
  const mine = what.author.who === 'me';
  const standing = standingOf(what, run, here);
  const row = `${bubble.row} ${mine ? bubble.mine : ''} ${marked ? bubble.marked : ''}`;
  const { place, thumbnail } = what;
  return (
    <li class={row} data-position={entry.position}>
      <div class={`${bubble.bubble} ${styles.files}`}>
        <span class="hidden-words">{mine ? t.youWrote : name}: </span>
        {thumbnail !== null && picture !== null && (
          <Thumbnail
            label={t.files.preview(nameOf(what.parcel))}
            size={thumbnail}
            picture={picture}
            onWanted={onPictureWanted}
          />
        )}
        <ParcelHead parcel={what.parcel} />
        {what.stage.is === 'accepted' || standing.is === 'moving' ? (
          <Way what={what} standing={standing} run={run} name={name} here={here} />
        ) : (
          <p class={styles.words}>{inWords(standing, name, here)}</p>
        )}
        {standing.is === 'received' && !mine && place !== null && (
          <p class={styles.place}>
            {t.files.lies} <code dir="ltr">{place}</code>
          </p>
        )}
        <Wishes what={what} standing={standing} asks={mayHaveMoved(standing, run)} onWish={onWish} />
        {notDone !== null && (
          <div class={bubble.refused} role="alert">
            {t.files.notDone(notDone)}
          </div>
        )}
        <div class={bubble.foot}>
          <Stamp entry={entry} />
          {progress !== null && <How progress={progress} />}
        </div>
      </div>
    </li>
  );
}

function inWords(standing: Standing, name: string, here: boolean): string {
  return standing.is === 'moving' ? '' : t.files.standing(standing, name, here);
}

interface WayProps extends Pick<FilesBubbleProps, 'what' | 'run' | 'name' | 'here'> {
  readonly standing: Standing;
}

/** How much of it has come. Its height stays, whatever there is to say in one line. */
function Way({ what, standing, run, name, here }: WayProps) {
  const arrived = arrivedOf(standing, run);
  const percent = arrived === null ? null : percentOf(arrived, what.parcel.bytes);
  const moves = standing.is === 'moving';
  const done = percent === null ? '' : t.files.percent(percent);
  const speed = moves && standing.rate > 0 ? t.files.speed(standing.rate) : '';
  const left = moves && standing.left_ms !== null ? t.files.left(standing.left_ms) : '';
  const said = moves ? [done, speed, left].filter((words) => words !== '') : [inWords(standing, name, here), done];
  return (
    <div class={styles.way}>
      <ProgressBar
        label={t.files.progress(nameOf(what.parcel))}
        percent={percent}
        words={said.filter((words) => words !== '').join(', ')}
        rests={!moves && standing.is !== 'checking'}
      />
      {moves ? (
        // Read out at each step it would drown everything else.
        <p class={styles.numbers} aria-live="off">
          <span>
            {done}
            {speed !== '' && ` · ${speed}`}
          </span>
          <span class={styles.left}>{left}</span>
        </p>
      ) : (
        <p class={`${styles.words} ${standing.is === 'stuck' ? styles.stuck : ''}`}>{inWords(standing, name, here)}</p>
      )}
    </div>
  );
}

interface WishesProps {
  readonly what: FilesEntry;
  readonly standing: Standing;
  /** To cancel it throws something away. */
  readonly asks: boolean;
  readonly onWish: (wish: Wish) => void;
}

function Wishes({ what, standing, asks, onWish }: WishesProps) {
  const [asked, setAsked] = useState(false);
  const cancel = useRef<HTMLButtonElement>(null);
  const wishes = wishesOf(what.stage, standing);
  if (wishes.length === 0) return null;
  const named = nameOf(what.parcel);
  const words = (wish: Wish) =>
    wish === 'resume' && standing.is === 'stuck' ? t.files.tryAgain : t.files.wishes[wish];
  const want = (wish: Wish, { detail }: MouseEvent) => {
    // The second click of two was for the button that was there at the first.
    if (detail > 1) return;
    if (wish === 'cancel' && asks) setAsked(true);
    else onWish(wish);
  };
  return (
    <>
      <div class={styles.wishes}>
        {wishes.map((wish) => (
          <Button
            // To halt and to go on is one button, which keeps the keyboard.
            key={wish === 'pause' || wish === 'resume' ? 'halt' : wish}
            look={wish === 'accept' || wish === 'resume' ? 'main' : wish === 'pause' ? 'plain' : 'quiet'}
            label={t.files.wishOf(words(wish), named)}
            buttonRef={wish === 'cancel' ? cancel : undefined}
            onClick={(event) => want(wish, event)}
          >
            {words(wish)}
          </Button>
        ))}
      </div>
      {asked && wishes.includes('cancel') && (
        <Question class={styles.ask} label={t.files.stopAsk(named)} askedBy={cancel} onCancel={() => setAsked(false)}>
          <p>{t.files.stopWhy}</p>
          <div class={styles.wishes}>
            <Button
              look="danger"
              onClick={() => {
                setAsked(false);
                onWish('cancel');
              }}
            >
              {t.files.stopYes}
            </Button>
            <Button look="quiet" onClick={() => setAsked(false)}>
              {t.files.stopNo}
            </Button>
          </div>
        </Question>
      )}
    </>
  );
}
