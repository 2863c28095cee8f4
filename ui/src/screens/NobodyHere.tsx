/** The first thing most people see: what is looked for, where, how to get somebody here, and what to try meanwhile. */

import type { CallModel } from '../call/callModel';
import { t } from '../messages';
import type { NodeModel } from '../node/nodeModel';
import { AddressForm } from '../parts/AddressForm';
import { Button } from '../parts/Button';
import { VideoIcon } from '../parts/icons';
import { Logo } from '../parts/Logo';
import type { Me } from '../wire.gen';
import { addressRefusal } from './addressRefusal';
import styles from './NobodyHere.module.css';

interface NobodyHereProps {
  readonly node: NodeModel;
  readonly calls: CallModel;
  readonly me: Me;
}

export function NobodyHere({ node, calls, me }: NobodyHereProps) {
  const echo = node.echo.value;
  return (
    <div class={styles.nobody}>
      <div class={styles.looking}>
        <span class={styles.radar}>
          <Logo size={72} />
        </span>
        <h1>{t.lookingTitle}</h1>
        <p>{me.addresses.length === 0 ? t.noNetwork : t.looking}</p>
        {me.addresses.length > 0 && (
          <p class={styles.addresses}>
            {t.yourAddress(me.addresses.length)}
            {me.addresses.map((address) => (
              <code key={address}>{address}</code>
            ))}
          </p>
        )}
        {echo !== null && (
          <div class={styles.meanwhile}>
            <Button icon={<VideoIcon size={18} />} onClick={() => calls.place(echo.peer, 'video')}>
              {t.echoMeanwhile}
            </Button>
          </div>
        )}
      </div>
      <div class={styles.cards}>
        <section class={styles.card}>
          <h2>{t.otherDeviceTitle}</h2>
          <ol>
            {t.otherDeviceSteps.map((step) => (
              <li key={step}>{step}</li>
            ))}
          </ol>
        </section>
        <section class={styles.card}>
          <h2>{t.byHandTitle}</h2>
          <p>{t.byHand}</p>
          <AddressForm
            refused={addressRefusal(node.refusal.value)}
            onAddress={(address) => {
              node.forgetRefusal();
              node.send({ type: 'add_peer', address });
            }}
          />
        </section>
      </div>
    </div>
  );
}
