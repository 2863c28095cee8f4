/** Looking for somebody at an address typed by hand. */

import { useId, useState } from 'preact/hooks';
import { t } from '../messages';
import styles from './AddressForm.module.css';
import { Button } from './Button';

/** The node takes at most this many bytes. */
const ADDRESS_CHARS = 256;

interface AddressFormProps {
  readonly onAddress: (address: string) => void;
  /** Why the address just given led to nobody, in words. */
  readonly refused: string | null;
}

export function AddressForm({ onAddress, refused }: AddressFormProps) {
  const [address, setAddress] = useState('');
  const [asked, setAsked] = useState(false);
  const id = useId();
  const ask = () => {
    if (address.trim() === '') return;
    setAsked(true);
    onAddress(address.trim());
  };
  return (
    <form
      class={styles.form}
      onSubmit={(event) => {
        event.preventDefault();
        ask();
      }}
    >
      <label for={id}>{t.address}</label>
      <div class={styles.row}>
        <input
          id={id}
          class={styles.input}
          value={address}
          maxLength={ADDRESS_CHARS}
          placeholder="10.0.0.7"
          inputMode="decimal"
          autocomplete="off"
          autocapitalize="off"
          spellcheck={false}
          onInput={(event) => {
            setAddress(event.currentTarget.value);
            setAsked(false);
          }}
        />
        <Button onClick={ask} disabled={address.trim() === ''}>
          {t.add}
        </Button>
      </div>
      <p class={refused === null ? styles.hint : styles.refused} aria-live="polite">
        {refused ?? (asked ? t.addAsked : t.addressHint)}
      </p>
    </form>
  );
}
