/** What there is room for; the same widths as in the styles. */

/** One of list, conversation and call at a time. */
export const NARROW = '(max-width: 899px)';

/** Where fingers type, a field with the focus brings up a keyboard that covers half of the page. */
export const FINGERS = '(pointer: coarse)';
