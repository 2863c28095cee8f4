/**
 * The keyboard of a phone covers the lower part of the page where it does not make it smaller (Safari; others obey
 * `interactive-widget`): the page is then as high as what is seen of it.
 */

/** Less is a bar of the browser that comes and goes. */
const LEAST_PX = 100;

export function makeRoomForKeyboard(page: Window): void {
  const { visualViewport: seen, document } = page;
  if (seen === null) return;
  const look = () => {
    // Somebody who has zoomed in sees less of it for another reason.
    const covered = seen.scale > 1.01 ? 0 : page.innerHeight - seen.height - seen.offsetTop;
    document.documentElement.style.setProperty('--covered', covered > LEAST_PX ? `${Math.round(covered)}px` : '0px');
  };
  seen.addEventListener('resize', look);
  seen.addEventListener('scroll', look);
  look();
}
