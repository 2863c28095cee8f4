// Freezes Object.prototype, so that nothing a peer sends can be made to change what every object inherits. Tauri's own
// `freezePrototype` makes `X.prototype.toString = …` an error too, which honest libraries do (@preact/signals-core):
// here such an assignment makes a property of X's own, as it would without the freeze.
(() => {
  const shared = Object.prototype;
  for (const key of Reflect.ownKeys(shared)) {
    const { value, enumerable, configurable } = Reflect.getOwnPropertyDescriptor(shared, key);
    if (value === undefined || !configurable) continue;
    const set = function (own) {
      if (this === shared) throw new TypeError('Object.prototype is frozen');
      Object.defineProperty(this, key, { value: own, writable: true, enumerable: true, configurable: true });
    };
    Object.defineProperty(shared, key, { get: () => value, set, enumerable, configurable: false });
  }
  Object.freeze(shared);
})();
