/** Files that are dropped where nothing takes them: a browser would show them in place of the page. */

export function refuseStrays(page: Window): void {
  const refuse = (event: DragEvent) => {
    const { dataTransfer, defaultPrevented } = event;
    // Words and links may be dropped where one writes; what is taken already is somebody's.
    if (defaultPrevented || !dataTransfer?.types.includes('Files')) return;
    event.preventDefault();
    dataTransfer.dropEffect = 'none';
  };
  page.addEventListener('dragover', refuse);
  page.addEventListener('drop', refuse);
}
