/** Where the own picture sits: always in one of four corners, moved by pointer or by arrow keys. */

export type Corner = 'top-left' | 'top-right' | 'bottom-left' | 'bottom-right';

/** The corner nearest to a point of a room of this size. */
export function nearestCorner(x: number, y: number, width: number, height: number): Corner {
  return join(y < height / 2, x < width / 2);
}

/** The corner that an arrow key leads to; other keys stay. */
export function cornerTowards(corner: Corner, key: string): Corner {
  const top = corner.startsWith('top');
  const left = corner.endsWith('left');
  switch (key) {
    case 'ArrowUp':
      return join(true, left);
    case 'ArrowDown':
      return join(false, left);
    case 'ArrowLeft':
      return join(top, true);
    case 'ArrowRight':
      return join(top, false);
    default:
      return corner;
  }
}

function join(top: boolean, left: boolean): Corner {
  return `${top ? 'top' : 'bottom'}-${left ? 'left' : 'right'}`;
}
